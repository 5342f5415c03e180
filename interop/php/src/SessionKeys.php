<?php

declare(strict_types=1);

namespace RedisWebToken;

/** The Redis keys that belong to one token. */
final class SessionKeys
{
    public readonly string $session;
    /** The session's member of the index: its lookup, base64url. */
    public readonly string $member;
    /** Null for a token without a subject. */
    public readonly ?PersonKeys $person;

    public function __construct(string $prefix, Token $token)
    {
        $this->member = Base64Url::encode($token->lookup);
        $this->person = $token->person === null ? null : new PersonKeys($prefix, $token->person);
        $this->session = $this->person?->session($this->member)
            ?? PersonKeys::baseOf($prefix, $token->lookup) . 's:' . $this->member;
    }

    /** @return non-empty-list<string> what decides about the session: it, and its person where there is one */
    public function pair(): array
    {
        return $this->person === null ? [$this->session] : [$this->session, $this->person->person];
    }

    /** @return non-empty-list<string> all of its keys: the index too */
    public function all(): array
    {
        return $this->person === null ? [$this->session] : [...$this->pair(), $this->person->index];
    }

    /** @return array<string, mixed> no keys for var_dump */
    public function __debugInfo(): array
    {
        return [];
    }
}
