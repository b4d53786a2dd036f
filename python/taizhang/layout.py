"""Where the nodes of a network stand: forces between them, the same picture every time.

In: the number of nodes and weighted edges. Out: a point for each, within the unit square. Starts from a circle, so
there is nothing random in it; plain Python, fit for the hundred nodes that a picture can show.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

ROUNDS = 300


def spring(nodes: int, edges: Sequence[tuple[int, int, float]]) -> list[tuple[float, float]]:
    """Give a point for each node: all push each other away, edges pull, the more the heavier they are.

    Examples
    --------
    >>> a, b, c, d = spring(4, [(0, 1, 5.0), (2, 3, 5.0), (1, 2, 0.1)])
    >>> math.dist(a, b) < math.dist(b, c)
    True
    """
    if nodes < 2:
        return [(0.5, 0.5)] * nodes
    points = [(math.cos(2 * math.pi * n / nodes) + n * 1e-3, math.sin(2 * math.pi * n / nodes)) for n in range(nodes)]
    heaviest = max((weight for *_, weight in edges), default=1.0) or 1.0
    ideal = 1.6 / math.sqrt(nodes)
    for turn in range(ROUNDS):
        step = 0.15 * (1 - turn / ROUNDS) + 0.002
        force = [[-0.02 * x, -0.02 * y] for x, y in points]
        for a in range(nodes):
            for b in range(a):
                dx, dy = points[a][0] - points[b][0], points[a][1] - points[b][1]
                apart = max(math.hypot(dx, dy), 1e-3)
                push = ideal * ideal / (apart * apart)
                force[a][0] += dx * push
                force[a][1] += dy * push
                force[b][0] -= dx * push
                force[b][1] -= dy * push
        for a, b, weight in edges:
            dx, dy = points[a][0] - points[b][0], points[a][1] - points[b][1]
            pull = math.hypot(dx, dy) / ideal * math.sqrt(weight / heaviest)
            force[a][0] -= dx * pull
            force[a][1] -= dy * pull
            force[b][0] += dx * pull
            force[b][1] += dy * pull
        points = [_moved(point, push, step) for point, push in zip(points, force, strict=True)]
    return _squared(points)


def spread(points: Sequence[tuple[float, float]], boxes: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Give the points, moved apart until the box around each (its name) is clear of the others, if that can be.

    A few that stand far out would press the rest together, so each axis is first evened out half-way to its ranks.

    Examples
    --------
    >>> a, b = spread([(0.5, 0.5), (0.5, 0.51)], [(0.2, 0.1), (0.2, 0.1)])
    >>> abs(a[1] - b[1]) >= 0.1 or abs(a[0] - b[0]) >= 0.2
    True
    """
    even = [list(axis) for axis in zip(*map(_evened, zip(*points, strict=True)), strict=True)] if points else []
    for _ in range(200):
        moved = False
        for a in range(len(even)):
            for b in range(a):
                wide = (boxes[a][0] + boxes[b][0]) / 2 - abs(even[a][0] - even[b][0])
                high = (boxes[a][1] + boxes[b][1]) / 2 - abs(even[a][1] - even[b][1])
                if wide <= 0 or high <= 0:
                    continue
                moved = True
                axis, push = (0, wide / 2) if wide < high else (1, high / 2)
                first = 1 if even[a][axis] >= even[b][axis] else -1
                even[a][axis] += first * (push + 1e-4)
                even[b][axis] -= first * (push + 1e-4)
        if not moved:
            break
    # Only what was pushed out of the square is drawn in again; the distances within stay.
    low = [min(0.0, *(point[axis] for point in even)) for axis in (0, 1)] if even else []
    wide_ = [max(1.0, *(point[axis] for point in even)) - low[axis] for axis in (0, 1)] if even else []
    return [(round((x - low[0]) / wide_[0], 4), round((y - low[1]) / wide_[1], 4)) for x, y in even]


def _evened(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda n: (values[n], n))
    rank = {n: at / max(len(values) - 1, 1) for at, n in enumerate(order)}
    return [0.5 * value + 0.5 * rank[n] for n, value in enumerate(values)]


def _moved(point: tuple[float, float], force: Sequence[float], step: float) -> tuple[float, float]:
    far = math.hypot(*force)
    scale = min(far, step) / far if far else 0.0
    return point[0] + force[0] * scale, point[1] + force[1] * scale


def _squared(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points, stretched to fill the unit square; rounded, so that no machine's last digits show."""
    axes = []
    for values in zip(*points, strict=True):
        low, wide = min(values), (max(values) - min(values)) or 1.0
        axes.append([round((value - low) / wide, 4) for value in values])
    return list(zip(*axes, strict=True))
