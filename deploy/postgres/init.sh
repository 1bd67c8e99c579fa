#!/bin/sh
# Runs once in the database container, as its superuser, when the data folder is still empty.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    -v database=countersign \
    -v owner_password="$MRM_OWNER_PASSWORD" \
    -v app_password="$MRM_APP_PASSWORD" \
    -v sealer_password="$MRM_SEALER_PASSWORD" \
    -v mlflow_password="$MRM_MLFLOW_PASSWORD" \
    -f /roles.sql
