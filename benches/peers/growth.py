"""How each cost grows with the number of documents: our ledger and DuckDB, the same corpus at several sizes.

    python benches/peers/growth.py OUT.json …      the JSON files that run.py wrote, one a size

Prints a table of Markdown: a row a cost, a column a size and engine, and by how much the cost grew from the smallest to
the largest size, beside how much the corpus did.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ENGINES = ("taizhang", "duckdb")
MEASURES = ("load s", "compact s", "open ms", "disk MB", "peak MB while loading", "peak MB while asking")


def costs(run: dict[str, Any], engine: str) -> dict[str, float]:
    """What one engine took in one run: a cost a name."""
    questions = {f"({name}) ms": of[engine] for name, of in run["questions"].items() if engine in of}
    return questions | {
        name: run["measures"][name][engine] for name in MEASURES if engine in run["measures"].get(name, {})
    }


def main(files: list[str]) -> None:
    """Print the table."""
    runs = sorted((json.loads(Path(file).read_text(encoding="utf-8")) for file in files), key=lambda r: r["documents"])
    if len(runs) < 2:
        raise SystemExit("growth needs the runs of at least two sizes")
    sizes = [run["documents"] for run in runs]
    for engine in ENGINES:
        columns = [costs(run, engine) for run in runs]
        print(f"\n{engine}: documents × {sizes[-1] / sizes[0]:.0f}\n")
        print("| cost | " + " | ".join(f"{size:,}" for size in sizes) + " | grew |")
        print("|---|" + "---|" * (len(sizes) + 1))
        for name in columns[0]:
            values = [column.get(name) for column in columns]
            grew = f"{values[-1] / values[0]:.0f} ×" if values[0] and values[-1] else "–"
            shown = ["–" if value is None else f"{value:,.3g}" if value < 100 else f"{value:,.0f}" for value in values]
            print(f"| {name} | " + " | ".join(shown) + f" | {grew} |")


if __name__ == "__main__":
    main(sys.argv[1:])
