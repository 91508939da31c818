"""Asks oslo.policy (Debian's python3-oslo.policy) what it makes of rules, of whole sets of defaults, and of files."""
import json
import logging
import sys
import warnings

from oslo_config import cfg
from oslo_policy import policy

warnings.simplefilter('ignore')
logging.disable(logging.CRITICAL)
asked = json.load(sys.stdin)


def settings():
    conf = cfg.ConfigOpts()
    conf([])
    return conf


plain = settings()


def enforcer_of(rules, default):
    return policy.Enforcer(plain, rules=policy.Rules.from_dict(rules, default), default_rule=default, use_conf=False)


def said(work):
    try:
        return bool(work())
    except Exception as error:
        return type(error).__name__


def single(case):
    enforcer = enforcer_of(case['rules'], case.get('default'))
    return said(lambda: enforcer.enforce(case['ask'], case['target'], case['creds']))


def default_of(rule):
    former = rule.get('deprecated_or')
    old = former and policy.DeprecatedRule(
        former['name'], former['check_str'], deprecated_reason='x', deprecated_since='x')
    return policy.RuleDefault(rule['name'], rule['check'], scope_types=rule['scope_types'], deprecated_rule=old)


def whole_set(world):
    answers = []
    for (scope, new), questions in zip(world['switches'], world['questions']):
        conf = settings()
        enforcer = policy.Enforcer(conf, use_conf=True, fallback_to_json_file=False)
        enforcer.suppress_deprecation_warnings = True
        conf.set_override('enforce_scope', scope, 'oslo_policy')
        conf.set_override('enforce_new_defaults', new, 'oslo_policy')
        conf.set_override('policy_file', '/nowhere/policy.yaml', 'oslo_policy')
        conf.set_override('policy_dirs', [], 'oslo_policy')
        for rule in world['rules']:
            enforcer.register_default(default_of(rule))
        enforcer.load_rules()
        enforcer.use_conf = False  # no file is looked for again
        rows = []
        for creds, target in questions:
            full = dict(creds, **target)
            rows.append(''.join(
                {True: 'y', False: 'n', 'InvalidScope': 'n'}.get(
                    said(lambda: enforcer.authorize(rule['name'], full, creds, do_raise=False)), '?')
                for rule in world['rules']))
        answers.append(rows)
    return answers


def file_of(text):
    try:
        return policy.parse_file_contents(text)
    except Exception as error:
        return type(error).__name__


print(json.dumps({
    'single': [single(case) for case in asked.get('single', [])],
    'sets': whole_set(asked['set']) if 'set' in asked else [],
    'files': [file_of(text) for text in asked.get('files', [])],
}))
