<?php

declare(strict_types=1);

namespace RedisWebToken;

/** A one-time token: the bytes of a session's token of generation 0, behind another prefix. See SPEC.md, "One-time tokens". */
final class OnceToken
{
    private const MARK = 'rwto_';
    private const SESSION_MARK = 'rwt_';

    private function __construct(
        public readonly string $text,
        /** Its Redis key. */
        public readonly string $key,
        /** Its lookup in base64url, which its value must hold. */
        public readonly string $proof,
        /** Whether newer tokens of its subject replace it. */
        public readonly bool $isReplaceable,
    ) {
    }

    /**
     * @param Keys        $keys   of the purpose
     * @param string|null $person 12 bytes, only where newer tokens of the subject replace it
     */
    public static function make(Keys $keys, string $prefix, int $deadline, int $expire, ?string $person): self
    {
        return self::of(Token::mint($keys, $deadline, $expire, $person), $prefix);
    }

    /**
     * Opens a token without asking Redis.
     *
     * @param list<Keys> $ring the keys of the purpose
     *
     * @return self|null null for anything that can't be a live token of the purpose
     */
    public static function open(array $ring, string $prefix, #[\SensitiveParameter] mixed $text): ?self
    {
        if (!is_string($text) || !str_starts_with($text, self::MARK)) {
            return null;
        }
        $token = Token::open($ring, self::SESSION_MARK . substr($text, strlen(self::MARK)));

        return $token === null || $token->generation !== 0 || $token->secondsToLive() < 1 ? null : self::of($token, $prefix);
    }

    private static function of(Token $token, string $prefix): self
    {
        return new self(
            self::MARK . substr($token->text, strlen(self::SESSION_MARK)),
            OnceKeys::ofToken($prefix, $token->person ?? $token->lookup),
            Base64Url::encode($token->lookup),
            $token->person !== null,
        );
    }

    /** @return array<string, mixed> no token for var_dump */
    public function __debugInfo(): array
    {
        return ['isReplaceable' => $this->isReplaceable];
    }
}
