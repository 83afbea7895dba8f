"""Treadle's API from Python.

    async with AsyncTreadle("http://127.0.0.1:8765", key="trk_…") as treadle:
        result = await treadle.workflows.execute("orders", input={"order": "A-17"})

`models` has what the methods take and give. `Treadle` is the same without `await`.
"""

from treadle_client.client import AsyncTreadle, Treadle
from treadle_client.errors import TreadleApiError, TreadleConnectionError
from treadle_client.events import Event
from treadle_client.generated import models
from treadle_client.requests import Retries

__all__ = ["AsyncTreadle", "Event", "Retries", "Treadle", "TreadleApiError", "TreadleConnectionError", "models"]
