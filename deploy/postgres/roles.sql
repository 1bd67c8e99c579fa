-- Four roles and two databases. The owner migrates and owns every table; the application reads and writes what it was
-- granted and owns nothing, so it can neither lift a guard nor change what is append-only; the sealer alone writes
-- segments, tiles and checkpoints of the ledger, and nothing of the rest; MLflow has a database of its own.
-- What no grant can forbid: the owner and a superuser lift every guard and rewrite every row. That shows: what was under
-- a checkpoint no longer leads to its root, and whoever also holds the signing key is contradicted by the last checkpoint
-- that was brought outside. What is newer than that one is not tamper-evident against them.
-- Run as a superuser, again whenever you like:
--   psql -v ON_ERROR_STOP=1 -v database=countersign -v owner_password=... -v app_password=... -v sealer_password=... -v mlflow_password=... -f roles.sql
-- After every migration the owner runs `manage.py database_grants`, which grants the application its rights table by table.

SELECT format('CREATE ROLE %I', role) FROM unnest(ARRAY['mrm_owner', 'mrm_app', 'mrm_sealer', 'mrm_mlflow']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec

ALTER ROLE mrm_owner WITH LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE mrm_app WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE mrm_sealer WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'sealer_password';
ALTER ROLE mrm_mlflow WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'mlflow_password';
-- The order of the ledger was proven under this isolation and no other.
ALTER ROLE mrm_app SET default_transaction_isolation = 'read committed';
ALTER ROLE mrm_app SET search_path = 'public';
ALTER ROLE mrm_sealer SET default_transaction_isolation = 'read committed';
ALTER ROLE mrm_sealer SET search_path = 'public';

SELECT format('CREATE DATABASE %I OWNER mrm_owner', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SELECT 'CREATE DATABASE mlflow OWNER mrm_mlflow'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'mlflow') \gexec

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
REVOKE ALL ON DATABASE mlflow FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO mrm_app, mrm_sealer;

\connect :"database"
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO mrm_app, mrm_sealer;
GRANT ALL ON SCHEMA public TO mrm_owner;
