"""Run the notebooks and save them with what they show: `python notebooks/execute.py tour.ipynb`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent


def executed(name: str) -> nbformat.NotebookNode:
    """The notebook, run from the top in an empty folder beside the seeds."""
    notebook = nbformat.read(HERE / name, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "notebooks"
        place.mkdir()
        (Path(folder) / "seeds").symlink_to(HERE.parent / "seeds")
        client = NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(place)}},
        )
        client.execute()
    notebook.metadata.pop("widgets", None)
    # What is shown should not tell in which folder it was run.
    return nbformat.from_dict(_without(notebook, f"{place}/"))


def _without(node: Any, words: str) -> Any:
    """A notebook, or a piece of one, with some words left out of every text."""
    match node:
        case str():
            return node.replace(words, "")
        case dict():
            return {key: _without(value, words) for key, value in node.items()}
        case list():
            return [_without(value, words) for value in node]
    return node


if __name__ == "__main__":
    for name in sys.argv[1:]:
        nbformat.write(executed(name), HERE / name)
