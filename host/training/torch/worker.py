"""A process of the torch engine, started by torchrun.

Process 0 reads commands from a socket, one JSON object a line, and answers each; it tells the other processes, and all
carry it out together. Tensors come and go in files, which the processes of one machine map; to other machines process
0 sends what is in them.
"""

import argparse
import datetime
import json
import os
import platform
import socket
import sys
import traceback

import numpy
import torch
from safetensors.torch import load_file, save_file
from torch import distributed

from trainer import Trainer, read_optimizer, share_of, write_optimizer

# A process that waits for the next command waits as long as the validation of an epoch takes.
WAIT = datetime.timedelta(days=7)
# Steps that a GPU may be behind, so that it finds the next one when it has finished one.
AHEAD = 2


class Connection:
    """The socket to the trainer, in process 0."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.lines = self.socket.makefile("r", encoding="utf-8")

    def command(self):
        line = self.lines.readline()
        return {"do": "end"} if line == "" else json.loads(line)

    def answer(self, message):
        self.socket.sendall((json.dumps(message) + "\n").encode())


class Worker:
    def __init__(self, options):
        self.rank = distributed.get_rank()
        self.processes = distributed.get_world_size()
        cuda = options.device == "cuda"
        self.device = torch.device("cuda", int(os.environ["LOCAL_RANK"])) if cuda else torch.device("cpu")
        self.one_machine = int(os.environ["LOCAL_WORLD_SIZE"]) == self.processes
        # commands and files, which are in the processor's memory
        self.control = distributed.new_group(backend="gloo", timeout=WAIT)
        self.connection = Connection(options.socket) if self.rank == 0 else None
        self.trainer = None
        self.kind = None

    def say(self, message):
        if self.connection is not None:
            self.connection.answer(message)

    def told(self, message):
        """What process 0 says, in every process."""
        box = [message]
        distributed.broadcast_object_list(box, src=0, group=self.control)
        return box[0]

    def read(self, path, dtype, shape):
        """The content of a file in every process; those of one machine map it and read what they need."""
        if self.one_machine:
            # copy-on-write, because PyTorch has no tensors that cannot be written
            return torch.from_numpy(numpy.memmap(path, dtype=dtype, mode="c", shape=tuple(shape)))
        if self.rank == 0:
            content = torch.from_numpy(numpy.fromfile(path, dtype=dtype).reshape(shape))
        else:
            content = torch.from_numpy(numpy.empty(shape, dtype=dtype))
        distributed.broadcast(content, src=0, group=self.control)
        return content

    def send_all(self, tensors):
        for tensor in tensors:
            distributed.broadcast(tensor, src=0)

    def serve(self):
        pids = [None] * self.processes
        distributed.all_gather_object(pids, os.getpid(), group=self.control)
        self.say({"pids": pids, **describe(self.device), "backend": distributed.get_backend()})
        while True:
            command = self.told(self.connection.command() if self.rank == 0 else None)
            if command["do"] == "end":
                return
            self.say({"done": getattr(self, command["do"])(**command.get("with", {}))})

    def begin(self, plan, optimizer, minimumThreshold, featureScale):
        self.kind = optimizer["kind"]
        self.trainer = Trainer(plan, optimizer, minimumThreshold, featureScale, self.device)

    @torch.no_grad()
    def setParameters(self, file):
        found = load_file(file) if self.rank == 0 else None
        for name, tensor in self.trainer.network.tensors():
            if found is not None:
                tensor.copy_(found[name].view_as(tensor))
            self.send_all([tensor])

    def setOptimizer(self, file, step):
        trained = self.trainer.network.trained()
        tensors = read_optimizer(self.trainer.optimizer, trained, self.kind)
        found = load_file(file) if self.rank == 0 else None
        for name, tensor in tensors.items():
            if found is not None:
                tensor.copy_(found[name].view_as(tensor))
            self.send_all([tensor])
        write_optimizer(self.trainer.optimizer, trained, self.kind, tensors, step)

    def save(self, file, kind):
        if self.rank != 0:
            return
        network = self.trainer.network
        if kind == "parameters":
            tensors = dict(network.tensors())
        else:
            tensors = read_optimizer(self.trainer.optimizer, network.trained(), self.kind)
        save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, file)

    def train(self, features, labels, shape, rates, ownShares, labelSmoothing, spikePenalty):
        """Steps on clips that lie in the order of the steps, `shape` [steps, batch, frames, features of a frame].

        With `ownShares`, each clip of a step is mixed with the next clip of its batch.

        Says for each step its loss, its correct clips and the spikes of its layers. Returns the seconds that the device
        worked.
        """
        steps, batch = shape[0], shape[1]
        own = share_of(batch)
        # all at once: a transfer for every step would wait for the step before it
        clips = self.read(features, numpy.int8, shape)
        classes = self.read(labels, numpy.int32, [steps, batch])
        mixed = [None] * steps
        if ownShares is not None:
            others = clips.roll(-1, 1)[:, own].to(self.device)
            their_classes = classes.roll(-1, 1)[:, own].to(self.device, torch.int64)
            mixed = list(zip(ownShares, others, their_classes))
        clips = clips[:, own].to(self.device)
        classes = classes[:, own].to(self.device, torch.int64)
        self.trainer.set_loss(batch, labelSmoothing, spikePenalty)
        clock = self.trainer.clock
        pending = []
        busy = 0.0

        def report():
            begin, end, host = pending.pop(0)
            seconds = clock.seconds(begin, end)
            loss, correct, *spikes = host.tolist()
            # JSON has no numbers that are not finite
            self.say({"step": {"loss": str(loss), "correct": correct, "spikes": spikes}})
            return seconds

        for step in range(steps):
            begin = clock.mark()
            sums = self.trainer.step(clips[step], classes[step], rates[step], mixed[step])
            host = sums
            if self.device.type == "cuda":
                host = torch.empty(sums.shape, dtype=sums.dtype, pin_memory=True)
                host.copy_(sums, non_blocking=True)
            pending.append((begin, clock.mark(), host))
            if self.device.type != "cuda" or len(pending) > AHEAD:
                busy += report()
        while pending:
            busy += report()
        return busy

    def infer(self, features, shape, batch, logits):
        """Writes the logits of all clips, float32 [clip][class], and returns the spikes of each layer."""
        clips = self.read(features, numpy.int8, shape)
        shares = [None] * self.processes
        own, counts = self.trainer.infer(clips[share_of(shape[0])], batch)
        distributed.all_reduce(counts)
        distributed.all_gather_object(shares, own.cpu().numpy(), group=self.control)
        if self.rank == 0:
            numpy.concatenate(shares).tofile(logits)
        return counts.tolist()


def describe(device):
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor() or platform.machine()
    return {"torch": torch.__version__, "device": device.type, "deviceName": name}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--device", choices=["cuda", "cpu"], required=True)
    arguments.add_argument("--socket", help="where process 0 gets its commands")
    options = arguments.parse_args()
    # The same seed gives the same weights again on the same devices. TF32 would round the inputs of convolutions.
    torch.use_deterministic_algorithms(True, warn_only=True)
    if hasattr(torch.utils, "deterministic"):
        # nothing here reads memory that it has not written, and filling it would take time
        torch.utils.deterministic.fill_uninitialized_memory = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    if options.device == "cuda":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    distributed.init_process_group("nccl" if options.device == "cuda" else "gloo")
    Worker(options).serve()
    distributed.destroy_process_group()


if __name__ == "__main__":
    try:
        main()
    except Exception as fault:
        traceback.print_exc()
        # the trainer looks for this line
        print(f"torch engine: {type(fault).__name__}: {fault}".replace("\n", " "), file=sys.stderr, flush=True)
        sys.exit(1)
