"""Prediction markets of Polymarket: its public documented APIs (gamma, CLOB, websocket)."""
