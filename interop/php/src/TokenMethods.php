<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\InvalidOption;

/** The calls for the session of one token that go beyond signing, checking and ending it. */
trait TokenMethods
{
    private readonly Sessions $sessions;

    /**
     * Gives a session new data; the rest of it stays. Returns whether it was live.
     *
     * @param string|list<string> $secret
     * @param mixed               $data   a JSON value, or a \Closure that makes it from the present one. The closure is called
     *                                    again if another request changes the session meanwhile.
     */
    public function update(#[\SensitiveParameter] mixed $token, #[\SensitiveParameter] mixed $secret, #[\SensitiveParameter] mixed $data): bool
    {
        $ring = Secrets::keysOf($secret);
        $opened = Token::open($ring, $token);

        return $opened !== null && $this->sessions->update($ring, $opened, $data);
    }

    /**
     * Replaces a token by a new one of the same session. The old one works until the new one is first used, and for `grace`
     * seconds. Parallel calls return the same token, and so do retries after a lost reply.
     *
     * @param string|list<string>  $secret
     * @param array<string, mixed> $params grace: 0 to 3600, 0 by default; retry: false where privileges change, so that the old
     *                                     token ends at once and gets no new one again
     *
     * @return string|null the new token; null for anything but a live token
     */
    public function rotate(#[\SensitiveParameter] mixed $token, #[\SensitiveParameter] mixed $secret, array $params = []): ?string
    {
        $given = Arguments::known("rotate's options", $params, ['grace' => 0, 'retry' => true]);
        [$grace, $retry] = [Arguments::grace($given['grace']), Arguments::boolean('retry', $given['retry'])];
        if (!$retry && $grace > 0) {
            throw InvalidOption::range('grace', 'be 0 if retry is false, since the old token then ends at once');
        }
        $opened = Token::open(Secrets::keysOf($secret), $token);

        return $opened === null ? null : $this->sessions->rotate($opened, $grace, $retry)?->text;
    }

    /**
     * Records how a session's user has just proved who they are again (step-up), and replaces its token in the same step. The old
     * token ends at once, so that a copy of it doesn't get the new rights. Only the newest token of a session can step up.
     *
     * @param string|list<string>  $secret
     * @param array<string, mixed> $auth   at: when, Unix seconds, now by default; amr: by which methods, a list of names of RFC 8176 such
     *                                     as `pwd` and `otp`, all that the user has used; acr: at which level of assurance
     *
     * @return string|null the new token; null for anything but the newest token of a live session
     */
    public function reauthenticate(#[\SensitiveParameter] mixed $token, #[\SensitiveParameter] mixed $secret, #[\SensitiveParameter] mixed $auth): ?string
    {
        $known = Authentication::read($auth);
        $opened = Token::open(Secrets::keysOf($secret), $token);

        return $opened === null ? null : $this->sessions->reauthenticate($opened, $known)?->text;
    }

    /**
     * The public id of a token's session, which rotations don't change: for logs, and for destroyById. It asks nothing of Redis,
     * and so doesn't tell whether the token is live.
     *
     * @param string|list<string> $secret
     *
     * @return string|null null for anything but a token of these secrets
     */
    public function idOf(#[\SensitiveParameter] mixed $token, #[\SensitiveParameter] mixed $secret): ?string
    {
        $opened = Token::open(Secrets::keysOf($secret), $token);

        return $opened === null ? null : PublicId::of($opened->keys, $opened->lookup);
    }
}
