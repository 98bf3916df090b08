"""Files inside a page."""

import base64
import json
import re

from easel.report.embedding import embedded_file, with_embedded_files


def test_a_file_takes_its_place(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/a.json").write_text('{\n  "name": "</script> é"\n}', encoding="utf-8")
    (tmp_path / "b.bin").write_bytes(b"\x00\xff\\1")
    html = f"<p>{embedded_file('inner/a.json', 'one')}{embedded_file('b.bin', 'two')}</p>"
    page = with_embedded_files(html, tmp_path)
    one, two = re.findall(r"<script [^>]*>(.*?)</script>", page)
    assert json.loads(one) == {"name": "</script> é"}
    assert base64.b64decode(two) == b"\x00\xff\\1"
    assert "data-embedded" not in page
    assert page.count("</script>") == 2


def test_the_order_of_attributes_does_not_count(tmp_path):
    (tmp_path / "b.bin").write_bytes(b"1")
    place = '<script class="c" data-embedded="b.bin" type="text/plain"></script>'
    assert with_embedded_files(place, tmp_path) == '<script class="c" type="text/plain">MQ==</script>'


def test_other_scripts_stay(tmp_path):
    page = "<script>const place = 'data-embedded=\"b.bin\"';</script>"
    assert with_embedded_files(page, tmp_path) == page
