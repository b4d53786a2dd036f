"""What is written for people runs: docstrings, README, notebook; README's columns are the schema's."""

import doctest
import importlib
import json
import pkgutil
import re

import pytest
from conftest import ROOT

import taizhang as tz

README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = [
    "taizhang",
    *(f"taizhang.{m.name}" for m in pkgutil.iter_modules(tz.__path__) if m.name not in ("__main__", "_core")),
]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings_run(name, seed_ledger, scratch):
    module = importlib.import_module(name)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    failed, _ = doctest.testmod(
        module, extraglobs={"ledger": seed_ledger, "scratch": scratch, "tz": tz}, optionflags=flags
    )
    assert failed == 0


def test_the_package_has_docstrings_that_run():
    finder = doctest.DocTestFinder()
    examples = sum(len(test.examples) for name in MODULES for test in finder.find(importlib.import_module(name)))
    assert examples >= 20


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES = [page for page in PAGES if "```python\n" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_of_pages_runs(page, tmp_path, monkeypatch):
    """In a folder with the seeds as `plans`; each page's blocks share their names."""
    (tmp_path / "plans").symlink_to(ROOT / "seeds" / "documents")
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.S):
        if ">>>" in block:
            test = doctest.DocTestParser().get_doctest(block, names, page.name, page.name, 0)
            runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
            runner.run(test, clear_globs=False)
            assert runner.failures == 0
            names.update(test.globs)
        else:
            exec(compile(block, page.name, "exec"), names)
    for name in names.values():
        if isinstance(name, tz.Ledger):
            name.close()


def test_the_site_lists_every_page():
    listed = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name in listed, f"{page.name} stands in no menu of mkdocs.yml"


def test_readme_shows_real_output(seed_ledger, capsys):
    from taizhang import cli

    shown = re.findall(r"^\$ (taizhang \w+ demo\.tz.*)\n((?:(?!\$|```).*\n)*)", README, flags=re.M)
    assert len(shown) >= 2
    for command, output in shown:
        assert cli.main(command.replace("demo.tz", str(seed_ledger.path)).split()[1:]) == 0
        assert capsys.readouterr().out.rstrip() == output.rstrip(), command


def test_readme_lists_the_columns_of_the_schema():
    listed = {}
    for table, columns in re.findall(r"^\| `(\w+)` \| (.*?) \|", README, flags=re.M):
        listed[table] = re.findall(r"`(\w+)`", columns)
    assert listed == {table: [c.name for c in columns] for table, columns in tz.schema().items()}


def test_readme_names_make_targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, flags=re.M), target


@pytest.mark.parametrize("name", ["tour.ipynb", "questions.ipynb"])
def test_notebook_runs_and_shows_what_it_gives_now(name, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "notebooks")
    import execute
    import nbformat

    saved = nbformat.read(ROOT / "notebooks" / name, as_version=4)
    before = [cell for cell in saved.cells if cell.cell_type == "code"]
    assert sum(bool(cell.outputs) for cell in before) >= 8, "the notebook is saved with its outputs"
    after = [cell for cell in execute.executed(name).cells if cell.cell_type == "code"]
    for old, new in zip(before, after, strict=True):
        if re.search(r"pandas|\bpl\b|\.plot\.", old.source):
            assert bool(old.outputs) == bool(new.outputs)
            continue  # how other libraries print and draw is theirs to change
        assert steady(old) == steady(new), "the saved output is another: run make notebook"


def steady(cell):
    """The outputs of a cell without what changes from run to run: times, paths, bytes on disk, library versions."""
    outputs = [o for o in cell.outputs if o.get("name") != "stderr"]  # where no Chinese font is, that is said there
    shown = [o["data"] if "data" in o else o.get("text", "") for o in outputs]
    text = re.sub(r"[\w/.-]*(tour|questions)\.tz", r"\1.tz", json.dumps(shown, ensure_ascii=False, sort_keys=True))
    return re.sub(r"\d+\.\d (s|MB)\b", r"… \1", text)
