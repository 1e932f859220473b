"""A training step of six convolutions, in single precision: SGD without momentum on one batch."""

from contestant import import_torch, repeat, with_torch
from problem import uniform

BATCH, WIDTHS, CHECKED_STEPS = 64, [32, 64, 128], 3


def contestant(case, peer):
    torch = import_torch()
    torch.set_default_dtype(torch.float32)
    tensor = lambda array: torch.tensor(array, dtype=torch.float32)

    layers, channels, k = [], 3, 0
    with torch.no_grad():
        for width in WIDTHS:
            for _ in range(2):
                layer = torch.nn.Conv2d(channels, width, 3, padding=1)
                # Ours lie as row, column, channel in, channel out.
                weights = uniform(10 + 2 * k, 3, 3, channels, width) * (6 / (9 * channels)) ** 0.5
                layer.weight.copy_(tensor(weights.transpose(3, 2, 0, 1).copy()))
                layer.bias.copy_(tensor(uniform(11 + 2 * k, width) * 0.1))
                layers += [layer, torch.nn.ReLU()]
                channels, k = width, k + 1
            layers.append(torch.nn.MaxPool2d(2))
        # The read-out takes row, column, channel in ours, and channel, row, column here.
        side, inputs = 4, 16 * channels
        weights = uniform(10 + 2 * k, side, side, channels, 10) * (6 / inputs) ** 0.5
        read_out = torch.nn.Linear(inputs, 10)
        read_out.weight.copy_(tensor(weights.transpose(3, 2, 0, 1).reshape(10, inputs).copy()))
        read_out.bias.copy_(tensor(uniform(11 + 2 * k, 10) * 0.1))
    network = torch.nn.Sequential(*layers, torch.nn.Flatten(), read_out)
    images = tensor((uniform(1, BATCH, 32, 32, 3) * 3**0.5).transpose(0, 3, 1, 2).copy())
    if peer == "torch-channels-last":
        network, images = (x.to(memory_format=torch.channels_last) for x in (network, images))
    labels = torch.arange(BATCH) % 10
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-4)
    risk = lambda: torch.nn.functional.cross_entropy(network(images), labels)

    def step():
        optimizer.zero_grad()
        risk().backward()
        optimizer.step()

    for _ in range(CHECKED_STEPS):
        step()
    return with_torch(risk().item(), step=repeat(step))
