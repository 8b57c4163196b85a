#!/bin/sh
# Shows that its secrets arrived, without telling them.
set -eu
: "${API_TOKEN:?}" "${SESSION_KEY:?}"
test -s "$CREDENTIALS_DIRECTORY/api-header"
echo "token of ${#API_TOKEN} characters, session key of ${#SESSION_KEY}"
exec sleep infinity
