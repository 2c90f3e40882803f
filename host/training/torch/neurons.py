"""The neurons of a layer: soft reset over the timesteps, with a surrogate gradient."""

import torch


class SpikingNeurons(torch.autograd.Function):
    """H(t) = V(t-1) + i(t), z(t) = [H(t) >= Vth(t)], V(t) = H(t) - z(t) Vth(t), from V(0) = 0.

    The gradient of a spike is a s'(a (H - Vth)) with s the logistic function, and it flows through the reset, as in the
    WebAssembly kernels. Backward, with l = dV(t): dz = amplitude g + penalty - Vth l, dH = l + s dz,
    dVth = -(s dz + z l), damplitude = g z, l(t-1) = dH.
    """

    @staticmethod
    def forward(ctx, current, thresholds, amplitude, penalty, slope):
        """current [T, ...], thresholds [T], amplitude [], penalty: the loss of one spike.

        Returns the spikes times the amplitude, and their number.
        """
        distance = torch.empty(current.shape, dtype=current.dtype, device=current.device)
        emitted = torch.empty_like(distance)
        membrane = None
        for t in range(current.shape[0]):
            raised = current[t] if membrane is None else membrane.add_(current[t])
            torch.sub(raised, thresholds[t], out=distance[t])
            torch.ge(raised, thresholds[t], out=emitted[t])
            # a spike is 0 or 1, so the product is exact
            membrane = torch.addcmul(raised, emitted[t], thresholds[t], value=-1)
        count = torch.count_nonzero(emitted)
        ctx.save_for_backward(distance, thresholds, amplitude)
        ctx.penalty = penalty
        ctx.slope = slope
        ctx.mark_non_differentiable(count)
        return emitted.mul_(amplitude), count

    @staticmethod
    def backward(ctx, upstream, _):
        distance, thresholds, amplitude = ctx.saved_tensors
        gradient = torch.empty_like(distance)
        sums = []
        worth = torch.zeros((), dtype=torch.float64, device=distance.device)
        carried = None
        for t in reversed(range(distance.shape[0])):
            fired = distance[t] >= 0
            worth += torch.where(fired, upstream[t], 0).sum(dtype=torch.float64)
            spike = upstream[t] * amplitude
            if ctx.penalty != 0:
                spike += ctx.penalty
            if carried is not None:
                spike -= thresholds[t] * carried
            sigmoid = torch.sigmoid(distance[t] * ctx.slope)
            spike *= sigmoid * (1 - sigmoid) * ctx.slope
            total = spike.sum(dtype=torch.float64)
            if carried is None:
                gradient[t] = spike
            else:
                total += torch.where(fired, carried, 0).sum(dtype=torch.float64)
                torch.add(carried, spike, out=gradient[t])
            carried = gradient[t]
            sums.append(-total)
        of_thresholds = torch.stack(sums[::-1]).to(thresholds.dtype)
        return gradient, of_thresholds, worth.to(amplitude.dtype), None, None


def rectified(current):
    """max(0, i), and the number of activations that are not zero."""
    emitted = torch.relu(current)
    return emitted, torch.count_nonzero(emitted)
