<?php

declare(strict_types=1);

namespace RedisWebToken;

use RedisWebToken\Exception\DataNotJson;
use RedisWebToken\Exception\InvalidOption;
use RedisWebToken\Exception\StoreUnavailable;
use RedisWebToken\Redis\Reply;
use RedisWebToken\Redis\Store;

/**
 * One-time tokens and codes of one purpose: password resets, magic links, proofs of e-mail addresses, WebSocket tickets.
 *
 *     $resets = new Once($rwt, getenv('RWT_SECRET'), ['purpose' => 'password-reset', 'expire' => 1800]);
 *     $token = $resets->issue(null, ['subject' => '42', 'replaces' => true]);
 *     $found = $resets->consume($token); // once; null from then on
 *
 * For anything that isn't live, a call returns null. When Redis can't answer, it throws `StoreUnavailable`. No command is sent
 * twice, so a token whose reply was lost is gone: issue another one.
 */
final class Once
{
    /** A year: a link that lives longer should be a session. */
    private const MAX_EXPIRE = 31_536_000;
    /** The limit of NIST SP 800-63B for failed attempts in a row. */
    private const MAX_ATTEMPTS = 100;
    /** The script's reply for a wrong proof. No value begins with it. */
    private const WRONG = 'wrong';

    /** What they are for, such as `password-reset`. */
    public readonly string $purpose;
    /** How long they live by default, seconds. */
    public readonly int $expire;
    private readonly Store $store;
    private readonly string $prefix;
    /** @var non-empty-list<Keys> newest first */
    private readonly array $ring;

    /**
     * @param RedisWebToken        $rwt     whose connection and prefix it uses
     * @param string|list<string>  $secret  as of each call of RedisWebToken. The purpose has keys of its own, so it may be the same
     * @param array<string, mixed> $options purpose: 1 to 64 letters, digits, `.`, `_`, `:` and `-`; expire: how long a token or code
     *                                      lives, in seconds, at most a year
     *
     * @throws InvalidOption
     */
    public function __construct(RedisWebToken $rwt, #[\SensitiveParameter] mixed $secret, array $options)
    {
        $given = Arguments::known("Once's options", $options, ['purpose' => null, 'expire' => null]);
        $this->purpose = Arguments::textLike('/^[A-Za-z0-9_.:-]{1,64}$/D', 'purpose', $given['purpose'], 'be 1 to 64 letters, digits, dots, colons, _ and -');
        $this->expire = self::readExpire($given['expire']);
        [$this->store, $this->prefix] = [$rwt->store, $rwt->prefix];
        $ring = [];
        foreach (Secrets::keysOf($secret) as $keys) {
            $ring[] = $keys->forPurpose($this->purpose);
        }
        $this->ring = $ring;
    }

    /**
     * Makes a token that can be consumed once: 81 characters that a URL can hold as they are.
     *
     * @param mixed                $data   any JSON value, which lies in Redis as plain text
     * @param array<string, mixed> $params subject: the user's id, text; replaces: whether it replaces the subject's token before, and
     *                                     later ones replace it; expire: this token's own lifetime
     *
     * @throws InvalidOption|DataNotJson|StoreUnavailable
     */
    public function issue(#[\SensitiveParameter] mixed $data, #[\SensitiveParameter] array $params = []): string
    {
        $given = Arguments::known("issue's options", $params, ['subject' => null, 'replaces' => false, 'expire' => null]);
        $subject = $given['subject'] === null ? null : Arguments::subject($given['subject']);
        $replaces = Arguments::boolean('replaces', $given['replaces']);
        if ($replaces && $subject === null) {
            throw InvalidOption::range('replaces', 'have a subject, whose older token it replaces');
        }
        $expire = self::readExpire($given['expire'] ?? $this->expire);
        $contents = OnceValue::contents($subject, $data);
        $older = $replaces && $subject !== null ? $this->keysOf($subject) : [];
        $newest = array_shift($older);
        $issuedAt = time();
        $token = OnceToken::make($this->ring[0], $this->prefix, $issuedAt + $expire, $expire, $newest?->person);
        $this->put($token->key, OnceValue::write($issuedAt, $issuedAt + $expire, 0, $token->proof, $contents), $expire);
        foreach ($older as $keys) {
            $this->remove($keys->token);
        }

        return $token->text;
    }

    /**
     * Reads what a token stands for, and leaves it as it is: for the page that a link opens, which scanners of mail open too.
     *
     * @return array{data: mixed, subject: ?string, issuedAt: int, expiresAt: int}|null times are Unix seconds
     *
     * @throws StoreUnavailable
     */
    public function peek(#[\SensitiveParameter] mixed $token): ?array
    {
        $opened = OnceToken::open($this->ring, $this->prefix, $token);
        $value = $opened === null ? null : Reply::text($this->store->send(['GET', $opened->key]));

        return $opened === null || $value === null ? null : OnceValue::read($value, $opened->proof);
    }

    /**
     * Takes a token away, and returns what it stands for. Of all calls with the same token, by any service, at most one gets it.
     *
     * @return array{data: mixed, subject: ?string, issuedAt: int, expiresAt: int}|null
     *
     * @throws StoreUnavailable where the token may be gone: let the user ask for another one
     */
    public function consume(#[\SensitiveParameter] mixed $token): ?array
    {
        $opened = OnceToken::open($this->ring, $this->prefix, $token);
        if ($opened === null) {
            return null;
        }
        // A newer token may lie at a subject's key, and must stay there.
        $value = $opened->isReplaceable
            ? $this->take($opened->key, $opened->proof)
            : Reply::text($this->store->send(['GETDEL', $opened->key]));

        return $value === null || $value === self::WRONG ? null : OnceValue::read($value, $opened->proof);
    }

    /**
     * Makes a short code for a subject, which replaces the subject's code before. Limit how often a subject may get one: each new
     * code allows new guesses.
     *
     * @param mixed                $subject the user's id, or better that of this attempt to sign in, which only the user's browser holds
     * @param mixed                $data    any JSON value, which lies in Redis as plain text
     * @param array<string, mixed> $params  attempts: how many wrong guesses end it, 1 to 100, 5 by default; digits: 6 to 12, 6 by
     *                                      default; expire: this code's own lifetime
     *
     * @throws InvalidOption|DataNotJson|StoreUnavailable
     */
    public function issueCode(#[\SensitiveParameter] mixed $subject, #[\SensitiveParameter] mixed $data, array $params = []): string
    {
        $given = Arguments::known("issueCode's options", $params, ['attempts' => 5, 'digits' => 6, 'expire' => null]);
        $whose = Arguments::subject($subject);
        $attempts = Arguments::wholeNumber('attempts', 'guesses', $given['attempts'], 1, self::MAX_ATTEMPTS);
        $digits = Arguments::wholeNumber('digits', 'digits', $given['digits'], OnceCode::MIN_DIGITS, OnceCode::MAX_DIGITS);
        $expire = self::readExpire($given['expire'] ?? $this->expire);
        $contents = OnceValue::contents(null, $data);
        $older = $this->keysOf($whose);
        $newest = array_shift($older);
        $code = OnceCode::random($digits);
        $issuedAt = time();
        $this->put($newest->code, OnceValue::write($issuedAt, $issuedAt + $expire, $attempts, OnceCode::proof($newest, $code), $contents), $expire);
        foreach ($older as $keys) {
            $this->remove($keys->code);
        }

        return $code;
    }

    /**
     * Takes a subject's code away if it is right, and returns what it stands for. A wrong guess counts, and the last one that
     * `attempts` allows ends the code.
     *
     * @param mixed $code its digits and nothing else
     *
     * @return array{data: mixed, subject: string, issuedAt: int, expiresAt: int}|null null for a wrong code, and if there is none:
     *     which of the two, an attacker must not learn
     *
     * @throws InvalidOption|StoreUnavailable
     */
    public function consumeCode(#[\SensitiveParameter] mixed $subject, #[\SensitiveParameter] mixed $code): ?array
    {
        $whose = Arguments::subject($subject);
        if (!OnceCode::matches($code)) {
            return null;
        }
        foreach ($this->keysOf($whose) as $keys) {
            $proof = OnceCode::proof($keys, $code);
            $value = $this->take($keys->code, $proof);
            if ($value === self::WRONG) {
                return null;
            }
            $found = $value === null ? null : OnceValue::read($value, $proof);
            if ($found !== null) {
                return ['subject' => $whose] + $found;
            }
        }

        return null;
    }

    /**
     * Ends a subject's code, and the subject's token if it was issued with `replaces`. Other tokens end when they are consumed, or expire.
     *
     * @return bool whether there was anything to end
     *
     * @throws InvalidOption|StoreUnavailable
     */
    public function revokeAll(#[\SensitiveParameter] mixed $subject): bool
    {
        $ended = 0;
        // The newest last, so that no failure leaves an older secret's token behind a newer one that has ended.
        foreach (array_reverse($this->keysOf(Arguments::subject($subject))) as $keys) {
            $ended += $this->remove($keys->token, $keys->code);
        }

        return $ended > 0;
    }

    /** @return non-empty-list<OnceKeys> the newest secret's first */
    private function keysOf(#[\SensitiveParameter] string $subject): array
    {
        $all = [];
        foreach ($this->ring as $keys) {
            $all[] = new OnceKeys($keys, $this->prefix, $subject);
        }

        return $all;
    }

    private function put(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $value, int $expire): void
    {
        if (!Reply::isOk($this->store->send(['SET', $key, $value, 'EX', Store::seconds($expire)]))) {
            throw new StoreUnavailable('reply');
        }
    }

    /** Takes away what lies at a subject's key: `wrong` if it has another proof, null if there is nothing. */
    private function take(#[\SensitiveParameter] string $key, #[\SensitiveParameter] string $proof): ?string
    {
        return Reply::text($this->store->run('once', [$key], [$proof]));
    }

    /** What older secrets hold goes after the new value is there: of two services whose lists differ in order, neither leaves both. */
    private function remove(#[\SensitiveParameter] string ...$keys): int
    {
        return Reply::integer($this->store->send(['DEL', ...$keys]));
    }

    private static function readExpire(mixed $value): int
    {
        return Arguments::wholeNumber('expire', 'seconds', $value, 1, self::MAX_EXPIRE);
    }

    /** @return array<string, mixed> no keys for var_dump */
    public function __debugInfo(): array
    {
        return ['purpose' => $this->purpose, 'expire' => $this->expire];
    }
}
