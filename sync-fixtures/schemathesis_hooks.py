"""What schemathesis has to be told of portal-api.yaml: bytes of files are sent as they are."""
import schemathesis


@schemathesis.serializer("application/offset+octet-stream")
def raw_bytes(ctx, value):
    return bytes(getattr(value, "data", None) or (value if isinstance(value, bytes) else str(value).encode()))
