"""A server of its own that speaks S3, with one empty bucket; it asks nobody who they are."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mrm.demo import processes
from tests.registry.gateway_servers import ROOT, await_answer, free_address, killed

BUCKET, KEY = "lab", "only-for-tests"


@contextmanager
def running(folder: Path) -> Iterator[Any]:
    """A client of the store."""
    pytest.importorskip("moto", reason="the development environment is older than requirements/dev.txt")
    import boto3

    address = free_address()
    host, port = address.split(":")
    command = (sys.executable, "-m", "moto.server", "-H", host, "-p", port)
    process = processes.Process("store", command, health=f"http://{address}/moto-api/")
    with (folder / "store.log").open("ab") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        await_answer(process, folder)
        client = boto3.client(
            "s3", endpoint_url=f"http://{address}", aws_access_key_id=KEY, aws_secret_access_key=KEY
        )
        client.create_bucket(Bucket=BUCKET)
        yield client
    finally:
        killed(server)
