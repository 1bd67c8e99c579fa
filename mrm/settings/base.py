"""Configuration by environment only (prefix MRM_). What nobody changes is a constant; policy is in governance.py."""

from __future__ import annotations

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

DEBUG = False
SECRET_KEY = env.str("MRM_SECRET_KEY")
# 32 bytes in base64: every key that encrypts applicants' data is derived from or wrapped by it.
MRM_DATA_KEY = env.str("MRM_DATA_KEY")
# Draws the held-out part of every snapshot; whoever knows it can tell which rows are held out.
MRM_SPLIT_KEY = env.str("MRM_SPLIT_KEY")
MRM_VAR_DIR = Path(env.str("MRM_VAR_DIR", default=str(BASE_DIR / "var")))
MRM_PUBLIC_URL = env.str("MRM_PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
# Where MLflow's own clients go: the gate in front of it, an origin of its own.
MRM_GATEWAY_URL = env.str("MRM_GATEWAY_URL", default="http://127.0.0.1:8100").rstrip("/")
MRM_MLFLOW_URL = env.str("MRM_MLFLOW_URL", default="http://127.0.0.1:5000").rstrip("/")
# A tag that says `approved` on MLflow's versions in force, by the name that other tools' deployment jobs look for.
MRM_MLFLOW_APPROVAL_TAG = env.str("MRM_MLFLOW_APPROVAL_TAG", default="approval")
# Networks inside that webhooks may be delivered to, as 10.1.2.0/24; whatever else is private is never called.
MRM_WEBHOOK_NETWORKS = env.list("MRM_WEBHOOK_NETWORKS", default=[])
# Below this folder lie the files that snapshots may be made of; "" offers none.
MRM_SOURCES_DIR = env.str("MRM_SOURCES_DIR", default="")
# Databases that snapshots may be made from, by name, as {"warehouse": "postgresql://reader:…@host/bank"}.
MRM_SOURCE_CONNECTIONS = env.json("MRM_SOURCE_CONNECTIONS", default={})
# Object stores that speak S3, by name, as {"lake": {"bucket": "risk", "region": "sa-east-1"}}.
MRM_SOURCE_STORES = env.json("MRM_SOURCE_STORES", default={})
# Athena by name, as {"events": {"database": "risk", "region": "sa-east-1", "output": "s3://answers/countersign/"}}.
MRM_SOURCE_ATHENA = env.json("MRM_SOURCE_ATHENA", default={})
# Where feature views are looked up: a Redis by its address, or "" for the database.
MRM_FEATURE_STORE_URL = env.str("MRM_FEATURE_STORE_URL", default="")
# The commit this was built from, where no .git lies beside it; trainings write it down.
MRM_COMMIT = env.str("MRM_COMMIT", default="")
MRM_DEMO = env.bool("MRM_DEMO", default=False)
# Where web processes keep their counters, so that any of them can answer /metrics for all; read by its library.
if metrics_folder := env.str("PROMETHEUS_MULTIPROC_DIR", default=""):
    Path(metrics_folder).mkdir(parents=True, exist_ok=True)
# The public key of the ledger's checkpoints, as the sealer printed it: held here, outside the database, so that a
# verification compares with something the database cannot have changed.
MRM_LEDGER_KEY = env.str("MRM_LEDGER_KEY", default="")
# Read by the sealer's process only: its private keys and its last signature.
MRM_SEALER_DIR = Path(env.str("MRM_SEALER_DIR", default=str(MRM_VAR_DIR / "sealer")))
MRM_SIGNING_KEY_FILE = env.str("MRM_SIGNING_KEY_FILE", default="")
# A key in AWS KMS instead of the file, and the PEM file of its certificates, the key's own first.
MRM_SIGNING_KMS_KEY = env.str("MRM_SIGNING_KMS_KEY", default="")
MRM_SIGNING_KMS_REGION = env.str("MRM_SIGNING_KMS_REGION", default="")
MRM_SIGNING_KMS_ENDPOINT = env.str("MRM_SIGNING_KMS_ENDPOINT", default="")
MRM_SIGNING_CERTIFICATES = env.str("MRM_SIGNING_CERTIFICATES", default="")
# A time stamp authority that every seal is shown to; "" seals without one.
MRM_SIGNING_TSA_URL = env.str("MRM_SIGNING_TSA_URL", default="")
MRM_SIGNING_TSA_ROOTS = env.str("MRM_SIGNING_TSA_ROOTS", default="")
# Where checkpoints of the ledger are brought, out of reach of whoever runs this machine; "" leaves a place out.
MRM_ANCHOR_FOLDER = env.str("MRM_ANCHOR_FOLDER", default="")
MRM_ANCHOR_TSA_URL = env.str("MRM_ANCHOR_TSA_URL", default="")
MRM_ANCHOR_TSA_ROOTS = env.str("MRM_ANCHOR_TSA_ROOTS", default="")
MRM_ANCHOR_MAIL = env.str("MRM_ANCHOR_MAIL", default="")
MRM_ANCHOR_MINUTES = env.int("MRM_ANCHOR_MINUTES", default=60)
MRM_MAIL_FROM = env.str("MRM_MAIL_FROM", default="")
# The bank's identity provider (OpenID Connect); without an issuer there is none.
MRM_OIDC_ISSUER = env.str("MRM_OIDC_ISSUER", default="").rstrip("/")
MRM_OIDC_CLIENT_ID = env.str("MRM_OIDC_CLIENT_ID", default="")
MRM_OIDC_CLIENT_SECRET = env.str("MRM_OIDC_CLIENT_SECRET", default="")
MRM_OIDC_NAME = env.str("MRM_OIDC_NAME", default="the identity provider")
MRM_OIDC_SCOPES = env.list("MRM_OIDC_SCOPES", default=["openid", "profile"])
MRM_OIDC_GROUPS_CLAIM = env.str("MRM_OIDC_GROUPS_CLAIM", default="groups")
ALLOWED_HOSTS = env.list("MRM_ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = [MRM_PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_prometheus",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "mrm",
    "notices",
    "reports",
    "training",
    "scoring",
    "approvals",
    "validation",
    "registry",
    "jobs",
    "accounts",
    "audit",
]

MIDDLEWARE = [
    "mrm.desk.headers.SecurityHeaders",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "mrm.desk.middleware.RequestBoundary",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mrm.desk.middleware.SignInLimits",
    # Every page asks who is there unless it says otherwise: a forgotten guard fails closed.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mrm.desk.middleware.LanguageOfPerson",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mrm.desk.throttles.Throttled",
    "mrm.desk.middleware.RefusalsOnPages",
    # Its answer to a lockout takes the place of the page's, so nothing but the counters may stand behind it.
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "mrm.urls"
WSGI_APPLICATION = "mrm.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mrm.desk.context.page",
            ],
        },
    },
]

DATABASES = {
    "default": env.db_url("MRM_DATABASE_URL", default=f"sqlite:///{MRM_VAR_DIR / 'countersign.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN, so that no transaction fails half-way on an upgrade of its lock.
    # FULL: an answer that was given is on the disk.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(MRM_VAR_DIR / "test.sqlite3")}
else:
    # READ COMMITTED is what the ledger's append was proven under.
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
# The first only says no: to a name or an address that is locked out, before any password is looked at.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
CSRF_FAILURE_VIEW = "mrm.desk.faults.forged"
LOGIN_REDIRECT_URL = "queue"
LOGOUT_REDIRECT_URL = "sign-in"

# django-allauth leads through the steps of a sign-in and keeps second factors; who somebody is, the backend above
# answers. Accounts are made by services only: no registration, no address of mail, no reset by mail.
ACCOUNT_ADAPTER = "accounts.adapters.SignInAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Its limits live in a cache of each process, which holds nothing back; lockout is counted in the database.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
# Of an account at the provider only issuer and subject are kept: no token, and no mail address that could be taken for
# an identity. Its addresses are our own (accounts/oidc_views.py), so that nothing of a request reaches the provider.
SOCIALACCOUNT_ADAPTER = "accounts.oidc_client.ProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
MFA_ADAPTER = "accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Countersign"

# django-axes asks accounts.lockout, which counts in the database and reads its limits from governance.py.
AXES_HANDLER = "accounts.lockout.Handler"
AXES_FAILURE_LIMIT = 1  # reached limits, not failures: see Handler.get_failures
AXES_COOLOFF_TIME = "accounts.lockout.cool_off"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_USERNAME_CALLABLE = "accounts.lockout.name_key"
AXES_CLIENT_IP_CALLABLE = "accounts.origin.counted_address"
AXES_LOCKOUT_CALLABLE = "mrm.desk.faults.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = AXES_VERBOSE = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("pt-br", "Português (Brasil)")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = MRM_VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served straight from the source folders: no collect step stands between a clone and its first page.
WHITENOISE_USE_FINDERS = True
# No page of another origin has a use for our files.
WHITENOISE_ALLOW_ALL_ORIGINS = False

_SECURE = MRM_PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "accounts.session_store"
# The cookie has no date of its own: how long a sign-in holds, the server says at each request.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_SSL_REDIRECT = _SECURE
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("MRM_HSTS_SECONDS", default=31_536_000 if _SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _SECURE
MRM_BEHIND_PROXY = env.bool("MRM_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if MRM_BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
# How often one person may ask for this in a minute, over all processes (accounts/throttles.py); 0 counts nothing.
MRM_LIMITS = {
    "challenges": env.int("MRM_LIMIT_CHALLENGES", default=30),
    "uploads": env.int("MRM_LIMIT_UPLOADS", default=10),
    "exports": env.int("MRM_LIMIT_EXPORTS", default=30),
    "jobs": env.int("MRM_LIMIT_JOBS", default=30),
    "writes": env.int("MRM_LIMIT_WRITES", default=300),
    # Of all requests to MLflow through the gate, which counts by itself (registry/gateway/pace.py).
    "gateway": env.int("MRM_LIMIT_GATEWAY", default=6_000),
    # Of one address, before anybody has signed in from it.
    "strangers": env.int("MRM_LIMIT_STRANGERS", default=120),
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],  # the services ask; `Api` refuses strangers
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttles.OperationThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "mrm.desk.schema.Schema",
    "EXCEPTION_HANDLER": "mrm.lib.api.handle_exception",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Countersign",
    "DESCRIPTION": "Governance-first model risk management for credit models.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "mrm.desk.schema.complete",
    ],
}

CELERY_BROKER_URL = env.str("MRM_BROKER_URL", default="filesystem://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "countersign"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if CELERY_BROKER_URL.startswith("filesystem://"):
    _mail = MRM_VAR_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_mail / "messages"),
        "data_folder_out": str(_mail / "messages"),
        "control_folder": str(_mail / "control"),
    }
    for _folder in ("messages", "control"):
        (_mail / _folder).mkdir(parents=True, exist_ok=True)

# Without an address there is no mail, and whoever would send one says so.
_post = env.email_url_config(env.str("MRM_MAIL_URL", default="") or "dummymail://")
EMAIL_BACKEND, EMAIL_FILE_PATH = _post["EMAIL_BACKEND"], _post["EMAIL_FILE_PATH"]
EMAIL_HOST, EMAIL_PORT = _post["EMAIL_HOST"] or "localhost", _post["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _post["EMAIL_HOST_USER"] or "", _post["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _post.get("EMAIL_USE_TLS", False), _post.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10

MRM_LEASE_SECONDS = env.int("MRM_LEASE_SECONDS", default=30)

LOGGING_CONFIG = None  # structlog is set up in mrm.apps
