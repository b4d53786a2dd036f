"""Tables that a reader can search, sort and page: itables (DataTables) with all that it needs inside.

In: a table. Out: a view. The script stands in the view itself, so that it works in a saved notebook or page without a
network; that is 1 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import display
from .labels import Labels, label
from .view import View

if TYPE_CHECKING:
    from .table import Table

_CHINESE = {
    "search": "搜索：",
    "info": "第 _START_ 至 _END_ 行，共 _TOTAL_ 行",
    "infoEmpty": "没有数据",
    "infoFiltered": "（从 _MAX_ 行中筛选）",
    "lengthMenu": "每页 _MENU_ 行",
    "zeroRecords": "没有匹配的行",
    "emptyTable": "没有数据",
}


def searchable(table: Table, *, labels: Labels, rows: int) -> View:
    """The table as a view with a search box, sortable columns and pages."""
    try:
        import pandas as pd
        from itables import to_html_datatable
        from itables.javascript import generate_init_offline_itables_html
        from itables.options import dt_bundle
    except ImportError as error:
        raise ImportError("show needs itables and pandas: pip install 'taizhang[show]'") from error
    # As the other views write them: nothing for what is missing, 70 and not 70.0. DataTables knows numbers again.
    names = dict(zip(table.columns, (label(name, labels) for name in table.columns), strict=True))
    frame = pd.DataFrame({names[name]: [display.cell(value) for value in table[name]] for name in names})
    body = to_html_datatable(
        frame,
        caption=table._caption(labels),
        connected=False,
        showIndex=False,
        pageLength=rows,
        lengthMenu=sorted({rows, 10, 25, 100}),
        maxBytes=0,
        maxColumns=0,
        scrollX=True,
        allow_html=False,
        # Equal tables make equal notebooks: no random id.
        table_id=f"taizhang-{_fingerprint(table)}",
        language=_CHINESE if labels == "zh" else {},
    )
    return View(generate_init_offline_itables_html(dt_bundle) + body, table.name)


def _fingerprint(table: Table) -> str:
    import hashlib

    return hashlib.sha256(table.to_csv().encode()).hexdigest()[:12]
