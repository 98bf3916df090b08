"""What a page holds of files and pictures.

A notebook names files, and only its page holds them, so that the notebook stays small.
"""

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

from PIL import Image

from easel.report.page.html import Html, element

PLACE = re.compile(r'(<script\b[^>]*) data-embedded="([^"]+)"([^>]*>)(?=</script>)')


def embedded_file(file: str, class_: str) -> Html:
    """A place in a page for a file, JSON or anything else. file: its path from the notebook."""
    kind = "application/json" if file.endswith(".json") else "text/plain"
    return element("script", type=kind, data_embedded=file, class_=class_)


def with_embedded_files(html: str, folder: Path) -> str:
    """The page with the content of files in their places: JSON as it is, anything else in base64.

    folder: of the notebook.
    """
    return PLACE.sub(lambda place: f"{place[1]}{place[3]}{content(folder / place[2])}", html)


def content(file: Path) -> str:
    """What a script element holds of a file. JSON cannot end the element: its `<` is escaped."""
    if file.suffix == ".json":
        record = json.loads(file.read_text(encoding="utf-8"))
        return json.dumps(record, separators=(",", ":"), ensure_ascii=False).replace("<", r"\u003c")
    return base64.b64encode(file.read_bytes()).decode()


def picture_source(picture: Image.Image, form: str, **options: Any) -> str:
    """The `src` of an image element that holds its own data. form: Pillow's PNG or WEBP. options: of its `save`."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return f"data:image/{form.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"
