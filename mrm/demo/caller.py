"""One person's voice at the REST API: standard library only, as any integrator could write it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_PAUSE_SECONDS = 0.5
_PATIENCE_SECONDS = 600.0
JSON = dict[str, Any]  # whatever an answer holds


class Refused(RuntimeError):
    """An answer that is not a success, with its problem+json."""

    def __init__(self, method: str, path: str, status: int, problem: JSON) -> None:
        self.status, self.problem = status, problem
        words = problem.get("reasons") or problem.get("errors") or ""
        super().__init__(f"{method} {path}: {status} {problem.get('detail', problem)} {words}")


@dataclass(frozen=True)
class Caller:
    """A token at an address; `password` is what this person types when they sign."""

    url: str
    token: str
    password: str = ""
    say: Callable[[str], None] = field(default=lambda _: None)

    def get(self, path: str) -> JSON:
        answer: JSON = json.loads(self.send("GET", path))
        return answer

    def post(self, path: str, body: JSON | None = None, **headers: str) -> JSON:
        answer: JSON = json.loads(self.send("POST", path, json.dumps(body or {}).encode(), headers))
        return answer

    def upload(self, path: str, file: tuple[str, bytes], fields: JSON, **headers: str) -> JSON:
        """multipart/form-data with one file and JSON parts."""
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{json.dumps(value)}\r\n'.encode()
            for name, value in fields.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n'
        parts += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", file[1], b"\r\n"]
        body = b"".join([*parts, f"--{edge}--\r\n".encode()])
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        answer: JSON = json.loads(self.send("POST", path, body, {**headers, **kind}))
        return answer

    def send(self, method: str, path: str, body: bytes | None = None, headers: JSON | None = None) -> bytes:
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data=body, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as refusal:
            raise Refused(method, path, refusal.code, _problem(refusal.read())) from None

    def finish(self, accepted: JSON) -> JSON:
        """Wait for the job of a 202 and return its result; Refused when it ends otherwise."""
        path, shown, deadline = f"jobs/{accepted['job']}", "", time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            job = self.get(path)
            if job["state"] == "succeeded":
                result: JSON = job["result"]
                return result
            if job["state"] not in ("queued", "running"):
                raise Refused("GET", path, 200, {"detail": job["reason"], "reasons": job["reasons"]})
            if job["step"] and job["step"] != shown:
                shown = job["step"]
                self.say(f"    {job['percent']:3d} %  {shown}")
            time.sleep(_PAUSE_SECONDS)
        raise Refused("GET", path, 200, {"detail": "The job did not end in time."})

    def sign(self, path: str, digest: str, meaning: str, body: JSON) -> JSON:
        """Prepare the signature of what was shown, then give it with the password."""
        challenge = self.post("signature-challenges", {"digest": digest, "meaning": meaning})["nonce"]
        signed = {**body, "challenge": challenge, "password": self.password}
        return self.post(path, signed, If_Match=f'"{digest}"')


def _problem(content: bytes) -> JSON:
    try:
        problem: JSON = json.loads(content)
    except ValueError:
        return {"detail": content[:200].decode(errors="replace")}
    return problem
