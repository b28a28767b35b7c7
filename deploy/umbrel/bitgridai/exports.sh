# The page's token is the password that the Umbrel shows for this app; the controller knows its digest alone.
export APP_BITGRIDAI_TOKEN_SHA256="$(printf '%s' "${APP_PASSWORD:-}" | sha256sum | cut -d ' ' -f 1)"
