// Puts a model on a board, then runs a recording on the board and on this computer and compares every spike:
//   node flash-and-bisect.mjs model.spkw yes.wav [/dev/ttyACM0]
import { openKernel, readModel, readRecording } from 'spikeword';
import { bisectClip, flashModel, openBoard } from 'spikeword/device';

const [modelFile, recording, port] = process.argv.slice(2);
const { bytes } = readModel(modelFile);
const samples = await readRecording(recording);

// without a port: the one port at which a board answers
const board = await openBoard({ port });
try {
  const { action, seconds } = await flashModel(board, bytes);
  console.log(`${board.hello.board} on ${board.port}: ${action} in ${seconds.toFixed(1)} s`);

  const { stages, agrees } = await bisectClip(board, bytes, openKernel(bytes), recording, samples);
  for (const { stage, values, difference } of stages) {
    console.log(`${stage}: ${values} values, ${difference === null ? 'the same' : `${difference.differing} differ`}`);
  }
  console.log(agrees ? 'board and computer agree on every spike' : 'board and computer differ');
} finally {
  await board.client.close();
}
