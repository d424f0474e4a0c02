# This script opens two documents in a language server and prints the diagnostics of each.
import json
import subprocess
import sys

GOOD = "plan.program @main {\n  %s = plan.slot bytes <256>\n}\n"
BAD = "plan.program @main {\n  %s = plan.slot bytes <>\n}\n"


def message(method, params, number=None):
    body = {"jsonrpc": "2.0", "method": method, "params": params}
    if number is not None:
        body["id"] = number
    text = json.dumps(body)
    return f"Content-Length: {len(text)}\r\n\r\n{text}"


def opened(name, text):
    document = {"uri": f"file:///{name}.mlir", "languageId": "mlir", "version": 1, "text": text}
    return message("textDocument/didOpen", {"textDocument": document})


conversation = (
    message("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, 0)
    + message("initialized", {})
    + opened("good", GOOD)
    + opened("bad", BAD)
    + message("shutdown", None, 1)
    + message("exit", None)
)
server = subprocess.run(sys.argv[1:], input=conversation.encode(), capture_output=True, timeout=60)
rest = server.stdout.decode()
while rest:
    header, _, rest = rest.partition("\r\n\r\n")
    size = int(header.split(":")[1])
    answer, rest = json.loads(rest[:size]), rest[size:]
    if answer.get("method") == "textDocument/publishDiagnostics":
        name = answer["params"]["uri"].rsplit("/", 1)[1].split(".")[0]
        print(f"{name}:", [d["message"] for d in answer["params"]["diagnostics"]])
