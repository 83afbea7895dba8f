"""What a value is: JSON, and the few kinds beside it that workflows pass around."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from pydantic import JsonValue

Value = JsonValue | datetime | date | timedelta | Decimal | bytes
"""A value on a port: JSON, a date or time (aware, UTC), a duration, money, or bytes."""

__all__ = ["JsonValue", "Value"]
