import { gatherRowsOnto } from './gather';
import { Batch, Convolution, Job, Layer, LayerKind, Scratch, StrideClass } from './generated';

/** Transposes four spikes of each of four channels: bit 4·position + channel becomes bit 4·channel + position. */
function transposeBits(bits: i32): i32 {
  let t = (bits ^ (bits >> 3)) & 0x0a0a;
  bits ^= t ^ (t << 3);
  t = (bits ^ (bits >> 6)) & 0x00cc;
  return bits ^ t ^ (t << 6);
}

function append(head: usize, entry: v128, compact: usize, set: i32): usize {
  v128.store(head, i32x4.add(entry, v128.load(compact + (set << 4))));
  return head + (popcnt<i32>(set) << 2);
}

/**
 * Lists, for every channel, the positions of a stride class where it spikes in this image, as offsets into the padded
 * gradient. Handles four positions and four channels at a time, without a branch on any spike.
 */
function listSpikes(c: Convolution, l: Layer, k: StrideClass, image: i32, scratch: Scratch): void {
  const vectors = l.vectors;
  const rowSpikes = l.width * vectors;
  const stepSpikes = c.strideX * vectors;
  const rowBytes = c.vectors << 4;
  const compact = l.compact;
  const planeSpikes = l.height * rowSpikes;
  const spikes = l.spikes + image * l.timesteps * planeSpikes;
  for (let v = 0; v < vectors; v++) {
    const lists = scratch.channelLists + (v << 2) * c.listBytes;
    let head0 = lists;
    let head1 = lists + c.listBytes;
    let head2 = lists + (c.listBytes << 1);
    let head3 = lists + c.listBytes * 3;
    for (let plane = 0; plane < l.timesteps; plane++) {
      let row = plane * c.padHeight;
      for (let y = k.y; y < l.height; y += c.strideY) {
        const from = spikes + plane * planeSpikes + y * rowSpikes + v;
        const end = from + rowSpikes;
        let place = row * c.padWidth * rowBytes;
        let at = from + k.x * vectors;
        while (at < end) {
          let bits: i32 = load<u8>(at);
          at += stepSpikes;
          if (at < end) bits |= (<i32>load<u8>(at)) << 4;
          at += stepSpikes;
          if (at < end) bits |= (<i32>load<u8>(at)) << 8;
          at += stepSpikes;
          if (at < end) bits |= (<i32>load<u8>(at)) << 12;
          at += stepSpikes;
          if (bits) {
            const entry = i32x4.splat(place);
            bits = transposeBits(bits);
            head0 = append(head0, entry, compact, bits & 15);
            head1 = append(head1, entry, compact, (bits >> 4) & 15);
            head2 = append(head2, entry, compact, (bits >> 8) & 15);
            head3 = append(head3, entry, compact, bits >> 12);
          }
          place += rowBytes << 2;
        }
        row++;
      }
    }
    const ends = scratch.channelEnds + (v << 4);
    store<usize>(ends, head0);
    store<usize>(ends, head1, 4);
    store<usize>(ends, head2, 8);
    store<usize>(ends, head3, 12);
  }
}

/** The same for activations other than 0 and 1: lists pairs of offset and value. */
function listValues(c: Convolution, l: Layer, k: StrideClass, image: i32, scratch: Scratch): void {
  const channels = c.inputChannels;
  const rowBytes = c.vectors << 4;
  const values = l.activations + ((image * l.height * l.width * channels) << 2);
  for (let channel = 0; channel < channels; channel++) {
    let head = scratch.channelLists + channel * c.listBytes;
    let row = 0;
    for (let y = k.y; y < l.height; y += c.strideY) {
      let place = row * c.padWidth * rowBytes;
      for (let x = k.x; x < l.width; x += c.strideX) {
        const value = load<f32>(values + (((y * l.width + x) * channels + channel) << 2));
        if (value != 0) {
          store<i32>(head, place);
          store<f32>(head, value, 4);
          head += 8;
        }
        place += rowBytes;
      }
      row++;
    }
    store<usize>(scratch.channelEnds + (channel << 2), head);
  }
}

/** Adds one image's weight gradient to a shard, after the sum within the image is complete. */
export function weightGradient(c: Convolution, source: Layer, image: i32, shard: i32, scratch: Scratch): void {
  const valued = c.valued != 0;
  const ranges = scratch.ranges;
  const pad = scratch.pads + c.pad;
  const gradients = c.shardGradients + shard * c.shardBytes;
  for (let n = 0; n < c.classCount; n++) {
    const k = changetype<StrideClass>(c.classes + n * offsetof<StrideClass>());
    if (source.kind == LayerKind.Spiking) listSpikes(c, source, k, image, scratch);
    else listValues(c, source, k, image, scratch);
    let at = k.jobs;
    for (const end = at + k.jobCount * offsetof<Job>(); at < end; at += offsetof<Job>()) {
      const job = changetype<Job>(at);
      const list = scratch.channelLists + job.channel * c.listBytes;
      const listEnd = load<usize>(scratch.channelEnds + (job.channel << 2));
      if (list == listEnd) continue;
      store<usize>(ranges, list);
      store<usize>(ranges, listEnd, 4);
      store<usize>(ranges, pad + job.delta, 8);
      gatherRowsOnto(valued, job.vectors, ranges, 1, c.amplitude, gradients + job.target);
    }
  }
}

/** Adds up the shards, in their order, for the weight rows from `first` to `last`. */
export function sumShards(c: Convolution, first: i32, last: i32, batch: Batch): void {
  const shards = (batch.images + batch.imagesPerShard - 1) / batch.imagesPerShard;
  const rowBytes = c.vectors << 4;
  for (let row = first; row < last; row++) {
    const from = c.shardGradients + load<i32>(c.shardRows + (row << 2));
    const to = c.weightGradient + row * rowBytes;
    for (let offset = 0; offset < rowBytes; offset += 16) {
      let sum = f32x4.splat(0);
      for (let shard = 0; shard < shards; shard++) {
        sum = f32x4.add(sum, v128.load(from + shard * c.shardBytes + offset));
      }
      v128.store(to + offset, sum);
    }
  }
}
