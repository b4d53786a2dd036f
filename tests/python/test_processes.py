"""Other processes, signals, and what the import loads."""

import signal
import subprocess
import sys
import threading
import time

import pytest

import taizhang as tz


def python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, encoding="utf-8", timeout=60
    )


def test_import_loads_nothing_heavy():
    heavy = ("pandas", "polars", "numpy", "pyarrow", "IPython", "matplotlib", "argparse")
    code = f"import sys, taizhang; print([m for m in {heavy} if m in sys.modules])"
    assert python(code).stdout.strip() == "[]"


def test_without_pandas_and_polars_the_error_is_the_pip_line():
    code = (
        "import sys; sys.modules['pandas'] = sys.modules['polars'] = None\n"
        "import taizhang as tz\n"
        "table = tz.Table.from_dicts([{'a': 1}])\n"
        "for form in (table.to_pandas, table.to_polars):\n"
        "    try: form()\n"
        "    except ImportError as error: print(error)\n"
    )
    lines = python(code).stdout.splitlines()
    assert "pip install 'taizhang[pandas]'" in lines[0]
    assert "pip install 'taizhang[polars]'" in lines[1]


def test_a_second_process_is_told(ledger):
    code = "import sys, taizhang as tz\ntry: tz.open(sys.argv[1])\nexcept tz.StoreError as error: print(error)"
    said = python(code, ledger.path).stdout
    assert "open in another process" in said
    assert "close" in said
    ledger.close()
    assert python(code, ledger.path).stdout == ""


def test_ctrl_c_is_noticed_and_what_was_done_is_kept(ledger, seeds):
    text = (seeds / "jiangmen-2019.txt").read_text(encoding="utf-8")
    texts = [{"id": str(n), "text": f"{n}\n{text}"} for n in range(6000)]
    ledger.ingest_texts(texts[:1], progress=False)
    sent = []

    def interrupt():
        time.sleep(0.7)
        sent.append(time.monotonic())
        signal.raise_signal(signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt) as caught:
        ledger.ingest_texts(texts, progress=False)
    took = time.monotonic() - sent[0]
    assert any("interrupted" in note for note in caught.value.__notes__)
    report = ledger.last_report
    assert report.interrupted
    assert len(ledger) == 1 + len(report.added)
    assert len(ledger) < 6000
    assert took < 2.5
    ledger.check()


def test_an_exception_in_the_middle_leaves_the_ledger_usable(ledger):
    with pytest.raises(TypeError):
        ledger._core.ingest_texts([(None, 1, {})])
    assert ledger.ids() == []


def test_threads_share_a_ledger(seed_ledger):
    results = []

    def ask():
        results.append(len(seed_ledger.clauses()))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(results)) == 1
    assert len(results) == 8


def test_the_bar_draws_on_terminals_alone():
    import io

    from taizhang.report import Bar

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream, ticks = Terminal(), iter(range(100))
    bar = Bar(stream, clock=lambda: next(ticks) / 5)
    bar(1, 4)
    bar(4, 4)
    bar.close()
    assert "1/4" in stream.getvalue()
    assert "4/4" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")
    assert isinstance(tz.Report(), tz.Report)
