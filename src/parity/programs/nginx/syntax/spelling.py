"""How far two words are from each other, in slips of the finger."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=10_000)
def slips(one: str, two: str, most: int = 2) -> int:
    """Return how many letters must be added, dropped, changed or swapped with the next; at most `most`+1."""
    if abs(len(one) - len(two)) > most:
        return most + 1
    rows = [list(range(len(two) + 1))]
    for i, letter in enumerate(one, 1):
        above, row = rows[-1], [i]
        for j, other in enumerate(two, 1):
            least = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return min(rows[-1][-1], most + 1)
