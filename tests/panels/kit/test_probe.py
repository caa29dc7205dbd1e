"""What ``benchmarks/live.py`` puts into the kernel counts what the panel shows and sends."""

from benchmarks.live import PROBE, REPORT
from reglab.panels import MitchellLab
from tests.small import SMALL


def test_the_probe_counts_frames_bytes_and_seconds(capsys):
    lab = MitchellLab(SMALL)
    names = {"lab": lab}
    try:
        assert lab.session.wait(120)
        lab.view._handle_custom_msg({"kind": "hello"}, [])
        exec(PROBE, names)
        lab.session.step()
        assert lab.session.wait(120)
        lab.view._handle_custom_msg({"kind": "ack", "seq": 1}, [])
        exec(REPORT, names)
    finally:
        lab.close()
    count, size, seconds = map(float, capsys.readouterr().out.split())
    assert count == 1
    assert size > 100
    assert seconds > 0
