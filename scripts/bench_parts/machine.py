"""On what machine something was measured."""

import os
import platform


def machine_facts() -> dict[str, object]:
    """Give what the figures depend on; the load tells how quiet the machine was."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_before": [round(one, 2) for one in os.getloadavg()],
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as lines:  # noqa: PTH123
            return next(line.partition(":")[2].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor()
