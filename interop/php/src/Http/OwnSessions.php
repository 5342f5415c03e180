<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\RedisWebToken;

/** What a user may do with the sessions that a request came with, and with the others of its subject. */
final class OwnSessions
{
    public function __construct(
        private readonly RedisWebToken $rwt,
        #[\SensitiveParameter] private readonly mixed $secret,
        private readonly ?CookieOptions $cookie,
    ) {
    }

    /**
     * @param array<string, mixed> $params those of `rotate`
     *
     * @return SignedIn|null null if the session has ended in the meantime
     */
    public function rotate(Carried $held, array $params): ?SignedIn
    {
        return $this->signedIn($held, $this->rwt->rotate($held->tokens[0] ?? null, $this->secret, $params));
    }

    /**
     * @param mixed $auth as of `reauthenticate`
     *
     * @return SignedIn|null null if the session has ended in the meantime, or has a newer token
     */
    public function reauthenticate(Carried $held, #[\SensitiveParameter] mixed $auth): ?SignedIn
    {
        return $this->signedIn($held, $this->rwt->reauthenticate($held->tokens[0] ?? null, $this->secret, $auth));
    }

    /** The session's new token, with a cookie like the one before. */
    private function signedIn(Carried $held, #[\SensitiveParameter] ?string $token): ?SignedIn
    {
        if ($token === null) {
            return null;
        }
        $persistent = $held->session['meta']['persistent'] ?? null;
        $cookie = is_bool($persistent) ? $this->cookie?->persisting($persistent) : $this->cookie;

        return new SignedIn($token, $cookie?->header($token, $held->session['deadline'] - time()));
    }

    /**
     * @param array<string, mixed> $params those of `list`, except current
     *
     * @return array{sessions: list<array{id: string, issuedAt: int, deadline: int, idle: int, meta: ?array<mixed>, auth: ?array<mixed>, act: ?array<mixed>, current: bool}>, cursor: ?string}
     */
    public function list(Carried $held, array $params): array
    {
        $subject = $held->session['subject'] ?? null;

        return $subject === null
            ? ['sessions' => [], 'cursor' => null]
            : $this->rwt->list($subject, $this->secret, ['current' => $held->tokens[0] ?? null] + $params);
    }

    /** Returns whether there is a subject whose sessions could end. */
    public function endOthers(Carried $held): bool
    {
        $subject = $held->session['subject'] ?? null;

        return $subject !== null && $this->rwt->destroyAll($subject, $this->secret, ['except' => $held->tokens[0] ?? null]);
    }

    /**
     * Ends all sessions of the subject in one write; a session without a subject alone. Further tokens that came with the request end
     * first, so that a retry after an outage still has the live one.
     */
    public function endAll(Carried $held): bool
    {
        $subject = $held->session['subject'] ?? null;
        if ($subject === null) {
            return $this->end($held->tokens);
        }
        $this->end(array_slice($held->tokens, 1));

        return $this->rwt->destroyAll($subject, $this->secret);
    }

    /**
     * Ends the sessions of tokens, all that can be, and returns whether there was one.
     *
     * @param list<string> $tokens
     */
    public function end(#[\SensitiveParameter] array $tokens): bool
    {
        [$ended, $failure] = [false, null];
        foreach ($tokens as $token) {
            try {
                $ended = $this->rwt->destroy($token, $this->secret) || $ended;
            } catch (StoreUnavailable $unavailable) {
                $failure ??= $unavailable;
            }
        }

        return $failure === null ? $ended : throw $failure;
    }

    /**
     * Ends the sessions that a sign-in replaces. If those can't be ended, it ends the new one, since the caller never gets its token.
     *
     * @param list<string> $tokens
     */
    public function endReplaced(#[\SensitiveParameter] array $tokens, #[\SensitiveParameter] string $new): void
    {
        try {
            $this->end($tokens);
        } catch (StoreUnavailable $unavailable) {
            try {
                $this->rwt->destroy($new, $this->secret);
            } catch (StoreUnavailable) {
                // Nobody has its token, and it ends by its idle timeout.
            }
            throw $unavailable;
        }
    }

    /** @return array<string, mixed> no secret for var_dump */
    public function __debugInfo(): array
    {
        return [];
    }
}
