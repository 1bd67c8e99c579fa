"""An identity provider for tests: OpenID Connect over a thread, which can be told to lie or to be silent."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "countersign", "only for tests"
NINA = {"sub": "8f14e45f", "name": "Nina Novak", "preferred_username": "nina", "email": "ada@bank.example"}


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@dataclass
class IdentityProvider:
    """`person` is who signs in there, `lies` what is wrong with the next id token, `down` which paths answer 500."""

    url: str
    person: dict[str, Any] = field(default_factory=lambda: dict(NINA))
    groups: Any = field(default_factory=list)
    lies: dict[str, Any] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    described: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    signs_with: Any = None
    algorithm: str = "RS256"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return new_key()

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        } | self.described

    def jwks(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def about_person(self) -> dict[str, Any]:
        return self.person if self.userinfo is None else self.userinfo

    def authorized(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to, with a code for exactly this question."""
        self.asked.append(query)
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """None for a code that is unknown or was used, for a wrong secret, and for a verifier that does not fit."""
        query = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        fits = query and query["code_challenge"] == base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        if not fits or form.get("client_secret") != SECRET:
            return None
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self.id_token(query)}

    def id_token(self, query: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            **{name: said for name, said in self.person.items() if said is not None},
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": query.get("nonce"),
            "groups": self.groups,
        } | self.lies
        claims = {name: said for name, said in claims.items() if said is not None}
        key = self.key if self.signs_with is None else self.signs_with
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "one"})


class Server(ThreadingHTTPServer):
    provider: IdentityProvider


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def answer(self, status: int, body: Any, **headers: str) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        parts, provider = urlsplit(self.path), self.server.provider
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path in provider.down:
            self.answer(500, {})
        elif parts.path == "/authorize":
            self.answer(302, {}, Location=provider.authorized(query))
        else:
            told = {
                "/jwks": provider.jwks,
                "/userinfo": provider.about_person,
                "/.well-known/openid-configuration": provider.discovery,
            }
            self.answer(200, told[parts.path]()) if parts.path in told else self.answer(404, {})

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = self.server.provider.token({name: values[0] for name, values in parse_qs(form).items()})
        if "/token" in self.server.provider.down:
            self.answer(500, {})
        else:
            self.answer(200, given) if given else self.answer(400, {"error": "invalid_grant"})


@contextmanager
def running_provider() -> Iterator[IdentityProvider]:
    provider = IdentityProvider("")
    server = Server(("127.0.0.1", 0), Handler)
    server.provider = provider
    provider.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
