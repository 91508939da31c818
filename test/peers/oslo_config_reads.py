"""What oslo.config makes of the same options and files: JSON on standard input, JSON on standard output."""
import json
import sys
import tempfile

from oslo_config import cfg

asked = json.load(sys.stdin)
makers = {
    'integer': cfg.IntOpt, 'seconds': cfg.IntOpt, 'float': cfg.FloatOpt, 'boolean': cfg.BoolOpt, 'port': cfg.PortOpt,
    'list': cfg.ListOpt, 'dict': cfg.DictOpt, 'multi': cfg.MultiStrOpt, 'host': cfg.HostAddressOpt, 'ip': cfg.IPOpt,
    'url': cfg.URIOpt,
}


def option(o):
    more = {k: o[k] for k in ('min', 'max', 'choices') if k in o and o['kind'] not in ('port', 'list')}
    old = [cfg.DeprecatedOpt(d['key'], group=d['section']) for d in o['old']]
    return makers.get(o['kind'], cfg.StrOpt)(o['key'], default=o['default'], deprecated_opts=old, **more)


def values(files):
    conf = cfg.ConfigOpts()
    for o in asked['options']:
        conf.register_opt(option(o), group=None if o['section'] == 'DEFAULT' else o['section'])
    conf([], project='ingot', default_config_files=files, default_config_dirs=[])
    return {
        o['section'] + '.' + o['key']: (conf if o['section'] == 'DEFAULT' else conf[o['section']])[o['key']]
        for o in asked['options']
    }


def parsed(text):
    with tempfile.NamedTemporaryFile('w', suffix='.conf', newline='') as file:
        file.write(text)
        file.flush()
        sections = {}
        try:
            cfg.ConfigParser(file.name, sections).parse()
        except cfg.ParseError as error:
            return {'refused': str(error)}
    return {'sections': sections}


def read(o, text):
    with tempfile.NamedTemporaryFile('w', suffix='.conf', newline='') as file:
        file.write('[s]\nname = value\nopt = ' + text + '\n')
        file.flush()
        conf = cfg.ConfigOpts()
        conf.register_opt(option({**o, 'section': 's', 'key': 'opt', 'default': None, 'old': []}), group='s')
        conf.register_opt(cfg.StrOpt('name'), group='s')
        try:
            conf([], project='ingot', default_config_files=[file.name], default_config_dirs=[])
            return {'value': conf.s.opt}
        except Exception as error:
            return {'bad': str(error)}


json.dump({'reads': [read(o, t) for o, t in asked['reads']], 
           'values': [values(files) for files in asked['runs']], 
           'parsed': [parsed(t) for t in asked['texts']]}, sys.stdout)
