"""HTML elements: escaping, tables that phones can stack, tiles."""

import re

from easel.report.page.html import Html, element, sort_value, table, tiles


def test_element_escapes_text_and_attributes_but_not_markup():
    got = element("a", "a < b", Html("<b>c</b>"), None, href='x"y', class_="k", data_label=None)
    assert got == '<a href="x&quot;y" class="k">a &lt; b<b>c</b></a>'


def test_every_table_cell_holds_its_column_name():
    cells = re.findall(r'<td data-label="(\w+)">(\d)</td>', table(["", "fid", "images"], [["a", 1, 2], ["b", 3, 4]]))
    assert cells == [("fid", "1"), ("images", "2"), ("fid", "3"), ("images", "4")]


def test_zero_is_shown_in_a_table():
    assert '<td data-label="resumed">0</td>' in table(["", "resumed"], [["a", 0]])


def test_sortable_table_and_its_sort_values():
    got = table(["", "time"], [["a", sort_value("1 h 2 min", 3720)]], sortable=True)
    assert '<table data-sortable="">' in got
    assert '<span data-value="3720">1 h 2 min</span>' in got
    assert "data-sortable" not in table(["", "time"], [["a", 1]])


def test_tiles_show_name_value_and_note():
    assert "<div>FID</div><strong>41</strong><div>lower &lt; better</div>" in tiles([("FID", "41", "lower < better")])
