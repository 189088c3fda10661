"""The scripted call: the role table in the words of a script, played with real telephones and the real API.

calls       THE script: every rule, as a sentence and the parts that show it. Read this first
deeds       parts that do something: dial, pick up, press a button
sights      parts that look and listen, and say what they found
stage       the telephones, the desks, the ear, and how everybody gets a clean start and a clean end
api         what goes over HTTP, to the controller and to Asterisk
before      what must be true before anything is touched
play        plays the calls one rule after the other
findings    PURE  what was found, as lines, a summary, JSON and an exit code
main        the command line
"""
