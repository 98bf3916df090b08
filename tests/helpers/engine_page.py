"""A page that holds nothing but the player's engine and one player, for Chromium."""

import base64
import json
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).parents[2] / "notebooks/template"
PAGE = """<!doctype html><meta charset="utf-8"><title>engine</title><script>
%s
const record = %s, block = "%s";
const source = `%s${simdTile}\n(${engine})()`;
const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
const waiting = new Map();
worker.onmessage = ({ data }) => {
  if ("progress" in data) return;
  waiting.get(data.id)(data);
  waiting.delete(data.id);
};
let last = 0;
const ask = message => new Promise(resolve => {
  waiting.set(++last, resolve);
  worker.postMessage({ id: last, ...message });
});
const loaded = fetch(`data:application/octet-stream;base64,${block}`)
  .then(response => response.blob())
  .then(block => ask({ kind: "load", player: record, block }));
</script>"""


def engine_page(file: Path, record: dict[str, Any], block: bytes, before: str = "") -> Path:
    """Write a page whose script has `loaded`, a promise, and `ask(message)`, a promise of the engine's answer.

    before: a script that the worker runs before the engine.
    """
    scripts = "\n".join((TEMPLATE / name).read_text(encoding="utf-8") for name in ("simd.js", "engine.js"))
    written = PAGE % (scripts, json.dumps(record), base64.b64encode(block).decode(), before)
    file.write_text(written, encoding="utf-8")
    return file
