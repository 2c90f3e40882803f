/** Side of a picture, in pixels. */
export const SIDE = 32;
/** Red, green and blue. */
export const COLOURS = 3;

/** Pictures of one kind, as their authors publish them: https://www.cs.toronto.edu/~kriz/cifar.html */
export interface PictureTask {
  /** In the order of the label bytes. */
  readonly labels: readonly string[];
  readonly files: { readonly training: readonly string[]; readonly testing: readonly string[] };
  /** Bytes before the pixels of a picture, of which the last is its label. */
  readonly labelBytes: number;
  /** The file that names the labels, one a line; a folder may lack it. */
  readonly names: string;
}

const TASKS: Readonly<Record<string, PictureTask>> = {
  'cifar-10': {
    labels: 'airplane automobile bird cat deer dog frog horse ship truck'.split(' '),
    files: { training: [1, 2, 3, 4, 5].map((k) => `data_batch_${k}.bin`), testing: ['test_batch.bin'] },
    labelBytes: 1,
    names: 'batches.meta.txt',
  },
  'cifar-100': {
    labels: (
      'apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can ' +
      'castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin ' +
      'elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster ' +
      'man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck ' +
      'pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk ' +
      'skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger ' +
      'tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm'
    ).split(' '),
    files: { training: ['train.bin'], testing: ['test.bin'] },
    labelBytes: 2,
    names: 'fine_label_names.txt',
  },
};

/** `cifar-10` and `cifar-100` */
export const PICTURE_TASKS: readonly string[] = Object.keys(TASKS);

/** Returns the task of pictures with this name; undefined if there is none. */
export function pictureTask(name: string): PictureTask | undefined {
  return Object.hasOwn(TASKS, name) ? TASKS[name] : undefined;
}
