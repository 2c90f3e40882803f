// The stages below the first. They are loaded together when they are needed first.
export { BoardPanel } from './prove/board-panel.js';
export { SeeStage } from './see/see-stage.js';
export { TakeAway } from './take-away/take-away.js';
export { beginTeach } from './teach/stage.js';
