"""openstacksdk's bare metal proxy: a line of JSON with a method's name and arguments in, what it returns as JSON out."""
import json
import sys
import types

import openstack
from openstack import resource

connection = openstack.connect(load_yaml_config=False, load_envvars=True, app_name='ingot-tests')
baremetal = connection.baremetal


def plain(value):
    if isinstance(value, resource.Resource):
        return value.to_dict(computed=False)
    if isinstance(value, (types.GeneratorType, list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def call(method, args, kwargs):
    try:
        return {'value': plain(getattr(baremetal, method)(*args, **kwargs))}
    except Exception as error:
        status = getattr(error, 'status_code', None)
        return {'error': type(error).__name__, 'status': status, 'message': str(error)}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(call(asked['method'], asked['args'], asked['kwargs']), default=str), flush=True)
