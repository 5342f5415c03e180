<?php

declare(strict_types=1);

namespace RedisWebToken\Exception;

/**
 * Redis could not answer, so whether the token is live is **not known**: never read it as a logout, and never let
 * anyone in on it. Answer 503.
 *
 * It has no previous exception: those of the clients hold commands, keys and payloads.
 */
final class StoreUnavailable extends \RuntimeException implements RwtException
{
    private const MESSAGES = [
        'timeout' => 'the store did not answer within the timeout: is it slow, or far away?',
        'network' => "the store can't be reached: is Redis running, and is its address right?",
        'auth' => 'the store refused the credentials: check redis.username and redis.password',
        'loading' => 'the store is starting and still loading its data: retry',
        'readonly' => 'the store is a read-only replica: a failover is under way, or the address names the wrong server',
        'memory' => 'the store is out of memory: raise its maxmemory',
        'server' => 'the store refused the command',
        'encrypted' => 'the session is encrypted, and this PHP has no cipher: install ext-openssl with AES-256-GCM',
        'reply' => 'the store sent an unexpected reply to the command: does something else write under the prefix?',
    ];

    /** What tells more than an error's code: words of the library's own scripts, and of Redis. */
    private const WORDS = [
        'RWT_NO_ANSWER' => 'reply',
        'RWT_ENCRYPTED' => 'encrypted',
        // "ERR Protocol error: unauthenticated multibulk length", in place of NOAUTH, for more than ten arguments.
        'unauthenticated' => 'auth',
    ];

    private const REASONS = [
        'NOAUTH' => 'auth',
        'WRONGPASS' => 'auth',
        'NOPERM' => 'auth',
        'LOADING' => 'loading',
        'MASTERDOWN' => 'loading',
        'READONLY' => 'readonly',
        'OOM' => 'memory',
    ];

    /** Errors that have a meaning to the library itself. */
    private const KNOWN = ['NOSCRIPT', 'TRYAGAIN', 'WRONGTYPE'];

    /**
     * @param key-of<self::MESSAGES>          $reason
     * @param value-of<self::KNOWN>|null $redisCode Redis's error, where it is one of these
     */
    public function __construct(private readonly string $reason, private readonly ?string $redisCode = null)
    {
        parent::__construct(self::MESSAGES[$reason]);
    }

    /** For an error reply of Redis, of which nothing but the meaning of its code is kept. */
    public static function errorReply(#[\SensitiveParameter] string $error): self
    {
        foreach (self::WORDS as $word => $reason) {
            if (str_contains($error, $word)) {
                return new self($reason);
            }
        }
        // Redis begins its errors with a code in capitals; ext-redis puts words of its own in their place.
        if (preg_match('/^[A-Z]+(\s|$)/', $error) !== 1) {
            return self::clientWords($error);
        }

        $code = (string) strtok($error, ' ');

        return new self(self::REASONS[$code] ?? 'server', in_array($code, self::KNOWN, true) ? $code : null);
    }

    /** For what a client threw. */
    public static function clientError(#[\SensitiveParameter] \Throwable $error): self
    {
        $message = $error->getMessage();
        if (preg_match('/\b(' . implode('|', [...array_keys(self::REASONS), ...self::KNOWN]) . ')\b/', $message, $found) === 1) {
            return self::errorReply($found[1]);
        }
        if (preg_match('/AUTH failed|without any password|invalid password/i', $message) === 1) {
            return new self('auth');
        }

        return self::clientWords($message);
    }

    private static function clientWords(#[\SensitiveParameter] string $message): self
    {
        return new self(preg_match('/time(d )?[ -]?out|read error on connection/i', $message) === 1 ? 'timeout' : 'network');
    }

    /** timeout, network, auth, loading, readonly, memory, server, encrypted or reply. */
    public function reason(): string
    {
        return $this->reason;
    }

    /** @internal whether Redis replied with NOSCRIPT, TRYAGAIN or WRONGTYPE, and so has not carried out the command */
    public function isReply(string $code): bool
    {
        return $this->redisCode === $code;
    }

    public function errorCode(): string
    {
        return 'ERR_RWT_STORE_UNAVAILABLE';
    }
}
