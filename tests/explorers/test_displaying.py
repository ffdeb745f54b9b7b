"""What a cell that shows an explorer costs, run again and again, as JupyterLab runs it."""

from __future__ import annotations

from jupyter_client.manager import start_new_kernel

RUN = "explorer = FilterExplorer(np.eye(20))\nexplorer"
ALIVE = """\
import gc
from ipywidgets.widgets.widget import _instances
gc.collect()
print(len(_instances), sum(isinstance(thing, FilterExplorer) for thing in gc.get_objects()))"""


def test_thirty_runs_of_a_cell_keep_no_more_than_three():
    manager, client = start_new_kernel()
    try:

        def run(code, cell):
            """Run a cell, and return what it printed."""
            request = client.session.msg(
                "execute_request",
                {"code": code, "silent": False, "store_history": True},
                metadata={"cellId": cell},
            )
            client.shell_channel.send(request)
            printed = ""
            while True:
                said = client.get_iopub_msg(timeout=60)
                if said["parent_header"].get("msg_id") != request["header"]["msg_id"]:
                    continue
                assert said["msg_type"] != "error", said["content"]["evalue"]
                printed += said["content"].get("text", "")
                if said["content"].get("execution_state") == "idle":
                    return printed

        run("import numpy as np\nfrom coursekit.explorers import FilterExplorer", "imports")
        for _ in range(31):
            run(RUN, "shows")
        # The page has one, with its layout; IPython's _, __ and ___ keep the last three in the kernel.
        assert run(ALIVE, "asks") == "2 3\n"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
