<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

/** The result of `signOut`: whether there was a session to end, and what your response must carry. */
final class SignedOut extends Answer
{
    public function __construct(public readonly bool $ended, ?string $cookie)
    {
        parent::__construct(self::headersWith($cookie));
    }
}
