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
const waiting = new Map();
let worker, loading, last = 0;
const ask = message => new Promise(resolve => {
  waiting.set(++last, resolve);
  worker.postMessage({ id: last, ...message });
});
const load = () => loading ??= (async () => {
  worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  worker.onmessage = ({ data }) => {
    if ("progress" in data) return;
    waiting.get(data.id)(data);
    waiting.delete(data.id);
  };
  const weights = await (await fetch(`data:application/octet-stream;base64,${block}`)).blob();
  return ask({ kind: "load", player: record, block: weights });
})();
</script>"""


def engine_page(file: Path, record: dict[str, Any], block: bytes, before: str = "") -> Path:
    """Write a page whose script has `load()`, which starts the engine, and `ask(message)`, a promise of its answer.

    Nothing is decoded before `load` is called for the first time.

    before: a script that the worker runs before the engine.
    """
    scripts = "\n".join((TEMPLATE / name).read_text(encoding="utf-8") for name in ("simd.js", "engine.js"))
    written = PAGE % (scripts, json.dumps(record), base64.b64encode(block).decode(), before)
    file.write_text(written, encoding="utf-8")
    return file
