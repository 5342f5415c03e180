<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

use RedisWebToken\Arguments;
use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\RedisWebToken;
use RedisWebToken\Secrets;

/**
 * Authenticates requests in any framework. A request is one of PSR-7, of Symfony or of Laravel, or an IncomingRequest.
 *
 *     $auth = new RequestAuth($rwt, getenv('RWT_SECRET'), ['from' => ['bearer', 'cookie']]);
 *     $session = $auth->authenticate($request);
 *     if ($session instanceof Refusal) {
 *         return $session->toSymfony(); // or toPsr7, or send
 *     }
 */
final class RequestAuth
{
    /** Seconds for which the old token still works: browsers send requests at the same time, and retry after a lost reply. */
    private const GRACE = 10;

    private readonly AuthOptions $options;
    private readonly OwnSessions $sessions;
    /** @var \WeakMap<object, list<string>> the tokens that later calls of a request use, in place of those that it carries */
    private readonly \WeakMap $newest;

    /**
     * @param string|list<string>  $secret  as of each call of RedisWebToken
     * @param array<string, mixed> $options from, header, cookie, csrf, optional, realm, retryAfter: see README.md
     *
     * @throws InvalidOption
     */
    public function __construct(private readonly RedisWebToken $rwt, #[\SensitiveParameter] private readonly mixed $secret, array $options = [])
    {
        Secrets::keysOf($secret);
        $this->options = new AuthOptions($options);
        $this->sessions = new OwnSessions($rwt, $secret, $this->options->cookie);
        $this->newest = new \WeakMap();
    }

    /**
     * Verifies the token that a request carries. That takes one round trip, and none for a malformed, forged or expired token.
     *
     * @param array<string, mixed> $params require: what the user must have proved (step-up), as of Requirement; else 401 with the
     *                                     challenge of RFC 9470, which ends no session. A request without a session is then refused
     *                                     also with `optional`
     *
     * @return array{data: mixed, subject: ?string, meta: ?array<mixed>, auth: ?array<mixed>, act: ?array<mixed>, issuedAt: int, deadline: int, expire: int}|Refusal|null the live
     *     session, or the response to send; null instead of a 401 if the option `optional` is true. Send `Cache-Control: no-store`
     *     with your own response (OWASP ASVS 14.3.2)
     */
    public function authenticate(#[\SensitiveParameter] mixed $request, array $params = []): array|Refusal|null
    {
        return $this->sessionOf($request, $params, false);
    }

    /**
     * Checks the token of a request that opens a WebSocket, also where a server hides its `Upgrade` header: another site's page is
     * refused by its `Origin` (RFC 6455 §10.2; OWASP ASVS 4.4.2).
     *
     * @param array<string, mixed> $params those of `authenticate`
     *
     * @return array{data: mixed, subject: ?string, meta: ?array<mixed>, auth: ?array<mixed>, act: ?array<mixed>, issuedAt: int, deadline: int, expire: int}|Refusal|null
     */
    public function authenticateUpgrade(#[\SensitiveParameter] mixed $request, array $params = []): array|Refusal|null
    {
        return $this->sessionOf($request, $params, true);
    }

    /**
     * Starts a session, and ends those that the request came with: nobody else who holds their tokens comes along (session fixation;
     * OWASP ASVS 7.2.4). They don't count against `maxSessions`.
     *
     * @param mixed                $data   any JSON value, usually the user
     * @param array<string, mixed> $params those of `sign`, except replaces; and persistent: whether the cookie survives when the browser is closed
     */
    public function signIn(#[\SensitiveParameter] mixed $request, #[\SensitiveParameter] mixed $data, #[\SensitiveParameter] array $params = []): SignedIn|Refusal
    {
        $carried = $this->read($request);
        if ($carried->error !== null) {
            return Refusal::of($this->options, $carried->error);
        }
        [$cookie, $signing] = SignInParams::read($this->options->cookie, $params);
        try {
            $token = $this->rwt->sign($data, $this->secret, ['replaces' => $carried->tokens] + $signing);
            $this->sessions->endReplaced($carried->tokens, $token);
        } catch (StoreUnavailable $unavailable) {
            return Refusal::ofOutage($this->options, $unavailable);
        }
        $this->newest[$request] = [$token];

        // A whole number may be a float.
        return new SignedIn($token, $cookie?->header($token, (int) ($signing['maxLifetime'] ?? $this->rwt->maxLifetime)));
    }

    /** Ends the session that the request came with, in every service, and clears the cookie, even while the store doesn't answer (503). */
    public function signOut(#[\SensitiveParameter] mixed $request): SignedOut|Refusal
    {
        $carried = $this->read($request);
        if ($carried->error !== null) {
            return Refusal::of($this->options, $carried->error);
        }
        try {
            return $this->signedOut($request, $this->sessions->end($carried->tokens));
        } catch (StoreUnavailable $unavailable) {
            return Refusal::ofOutage($this->options, $unavailable, $this->options->cookie?->header(''));
        }
    }

    /**
     * Ends all sessions of the request's subject, its own too, and clears the cookie: "sign out everywhere" (OWASP ASVS 7.4.3). A session
     * without a subject ends alone. A refusal keeps the cookie, so that the user can retry after a 503.
     */
    public function signOutEverywhere(#[\SensitiveParameter] mixed $request): SignedOut|Refusal
    {
        return $this->withSession($request, fn (Carried $held): SignedOut => $this->signedOut($request, $this->sessions->endAll($held)));
    }

    /**
     * Replaces the request's token, for the same session: regularly, or with `retry: false` when privileges change (OWASP ASVS 7.2.4).
     *
     * @param array<string, mixed> $params those of `rotate`; by default the old token works for 10 more seconds
     */
    public function rotateSession(#[\SensitiveParameter] mixed $request, array $params = []): SignedIn|Refusal
    {
        $params += ($params['retry'] ?? true) === false ? [] : ['grace' => self::GRACE];

        return $this->replaceToken($request, fn (Carried $held): ?SignedIn => $this->sessions->rotate($held, $params));
    }

    /**
     * Records that the request's user has just proved again who they are, and replaces the token: the old one ends at once (OWASP ASVS
     * 7.2.4, 7.5.3). Call it after you have checked the password or the second factor.
     *
     * @param mixed $auth as of RedisWebToken::reauthenticate
     */
    public function reauthenticate(#[\SensitiveParameter] mixed $request, #[\SensitiveParameter] mixed $auth): SignedIn|Refusal
    {
        return $this->replaceToken($request, fn (Carried $held): ?SignedIn => $this->sessions->reauthenticate($held, $auth));
    }

    /**
     * Lists the live sessions of the request's subject, and marks its own as `current` (OWASP ASVS 7.5.2). A session without a subject
     * gets an empty list.
     *
     * @param array<string, mixed> $params those of `list`, except current
     *
     * @return array{sessions: list<array{id: string, issuedAt: int, deadline: int, idle: int, meta: ?array<mixed>, auth: ?array<mixed>, act: ?array<mixed>, current: bool}>, cursor: ?string}|Refusal
     */
    public function listSessions(#[\SensitiveParameter] mixed $request, array $params = []): array|Refusal
    {
        return $this->withSession($request, fn (Carried $held): array => $this->sessions->list($held, $params));
    }

    /**
     * Ends every other session of the request's subject: "sign out everywhere else" (OWASP ASVS 7.4.3). Returns whether there was a
     * subject whose sessions could end.
     */
    public function endOtherSessions(#[\SensitiveParameter] mixed $request): bool|Refusal
    {
        return $this->withSession($request, $this->sessions->endOthers(...));
    }

    /** @param array<string, mixed> $params @return array<string, mixed>|Refusal|null */
    private function sessionOf(#[\SensitiveParameter] mixed $request, array $params, bool $isUpgrade): array|Refusal|null
    {
        ['require' => $require] = Arguments::known("authenticate's options", $params, ['require' => null]);
        $requirement = $require === null ? null : Requirement::of($require);
        $checked = $this->check($request, $this->options->optional && $requirement === null, $isUpgrade);
        $session = $checked instanceof Refusal ? $checked : $checked->session;

        return $requirement === null || $session instanceof Refusal || $requirement->isMetBy($session) ? $session : Refusal::ofStepUp($this->options, $requirement);
    }

    /** @param \Closure(Carried): ?SignedIn $replace gives null if the token can't be replaced */
    private function replaceToken(#[\SensitiveParameter] mixed $request, \Closure $replace): SignedIn|Refusal
    {
        return $this->withSession($request, function (Carried $held) use ($request, $replace): SignedIn|Refusal {
            $replaced = $replace($held);
            if ($replaced === null) {
                return Refusal::ofTokens($this->options, $held, 'invalid_token');
            }
            $this->newest[$request] = [$replaced->token, ...array_slice($held->tokens, 1)];

            return $replaced;
        });
    }

    /**
     * Runs work on the request's live session.
     *
     * @template Result
     *
     * @param \Closure(Carried): Result $work
     *
     * @return Result|Refusal
     */
    private function withSession(#[\SensitiveParameter] mixed $request, \Closure $work): mixed
    {
        $checked = $this->check($request, false, false);
        try {
            return $checked instanceof Refusal ? $checked : $work($checked);
        } catch (StoreUnavailable $unavailable) {
            return Refusal::ofOutage($this->options, $unavailable);
        }
    }

    private function check(#[\SensitiveParameter] mixed $request, bool $isOptional, bool $isUpgrade): Carried|Refusal
    {
        $carried = $this->read($request, $isUpgrade);
        if ($carried->error !== null) {
            return Refusal::of($this->options, $carried->error);
        }
        try {
            $checked = $carried->checked(fn (#[\SensitiveParameter] string $token): ?array => $this->rwt->session($token, $this->secret));
        } catch (StoreUnavailable $unavailable) {
            return Refusal::ofOutage($this->options, $unavailable);
        }

        return $checked->session !== null || $isOptional ? $checked : Refusal::ofTokens($this->options, $checked, $checked->deciding === [] ? null : 'invalid_token');
    }

    private function read(#[\SensitiveParameter] mixed $request, bool $isUpgrade = false): Carried
    {
        $carried = Carried::read(IncomingRequest::of($request), Secrets::keysOf($this->secret), $this->options, $isUpgrade);
        $tokens = $this->newest[$request] ?? null;

        return $tokens === null ? $carried : $carried->with($tokens);
    }

    private function signedOut(#[\SensitiveParameter] object $request, bool $ended): SignedOut
    {
        $this->newest[$request] = [];

        return new SignedOut($ended, $this->options->cookie?->header(''));
    }

    /** @return array<string, mixed> no secret for var_dump */
    public function __debugInfo(): array
    {
        return [];
    }
}
