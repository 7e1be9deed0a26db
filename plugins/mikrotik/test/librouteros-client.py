"""Drives the simulated router with a client that is not ours; prints what it saw as JSON."""
import json
import sys

import librouteros
from librouteros.exceptions import TrapError
from librouteros.login import plain, token
from librouteros.query import Key, Or

port, username, password, login = sys.argv[1:5]
methods = {'plain': plain, 'token': token}
api = librouteros.connect('127.0.0.1', username, password, port=int(port), login_method=methods[login])
name, disabled = Key('name'), Key('disabled')
secrets = api.path('ppp', 'secret')
traps = []


def trapped(call):
    try:
        call()
    except TrapError as error:
        traps.append([error.message, error.category])


seen = {'identity': list(api.path('system', 'identity'))}
secrets.add(name='alice', password='pw', profile='default', comment='x' * 20000)
seen['added'] = secrets.add(name='bob', password='pw', profile='default', disabled=True)
seen['either'] = [row['name'] for row in secrets.select(name).where(Or(name == 'alice', name == 'bob'))]
seen['disabled'] = [row['name'] for row in secrets.select(name).where(disabled == True)]  # noqa: E712
trapped(lambda: secrets.update(**{'.id': '*1', 'profile': 'gold'}))
trapped(lambda: secrets.add(name='alice', password='pw'))
trapped(lambda: secrets.remove('*99'))
seen['traps'] = traps
secrets.remove('*2')
seen['left'] = [row['name'] for row in secrets.select(name)]
seen['nothing'] = list(secrets.select(name).where(name == 'nobody'))
seen['long'] = len(list(secrets.select(Key('comment')))[0]['comment'])
api.close()
print(json.dumps(seen))
